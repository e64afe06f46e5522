/** `npm run deploy`: builds, brings the database up to date, deploys the main Worker, then the proxy where there is one. */
import { failureText } from "./problem.ts";
import { ROOT } from "./run-tool.ts";
import { runDeploy } from "./setup/deploy.ts";

try {
  await runDeploy({
    root: ROOT,
    args: process.argv.slice(2),
    env: process.env,
    write: (text) => process.stdout.write(text),
  });
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  process.exitCode = 1;
}
