/** `npm run e2e`: the smoke test of a deployment. */
import { asking } from "./e2e/ask.ts";
import { HELP, readSmokeTarget, runSmoke } from "./e2e/run.ts";
import { failureText } from "./problem.ts";

try {
  if (process.argv.includes("--help")) {
    process.stdout.write(HELP);
  } else {
    const target = readSmokeTarget(process.env);
    const ask = asking({ resolver: process.env.OCTOPOOL_E2E_RESOLVER || undefined });
    const failed = await runSmoke(target, ask, (line) => process.stdout.write(`${line}\n`));
    process.stdout.write(failed === 0 ? `${target.origin} answers as it should.\n` : `${failed} failed.\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  process.exitCode = 1;
}
