/** `npm run setup`: from a clone to a deployment that only needs `npm run deploy`. */
import { failureText } from "./problem.ts";
import { ROOT } from "./run-tool.ts";
import { runSetup } from "./setup/run.ts";

try {
  process.exitCode = await runSetup({
    root: ROOT,
    args: process.argv.slice(2),
    env: process.env,
    input: process.stdin,
    output: process.stdout,
  });
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  process.exitCode = 1;
}
