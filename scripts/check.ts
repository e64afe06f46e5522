/** `npm run check`: format, lint, types, and that nothing generated has fallen behind. Runs no tests, changes nothing. */
import coordinatorConfig from "../drizzle.do.config.ts";
import storeConfig from "../drizzle.config.ts";
import { refuseLargeClient } from "./client-size.ts";
import { driftedFiles } from "./generators.ts";
import { migrationDrift } from "./migration-drift.ts";
import { failureText, Problem } from "./problem.ts";
import { createProgress, inSeconds } from "./progress.ts";
import { runTool } from "./run-tool.ts";

const CHECKS: readonly (readonly [name: string, check: () => Promise<unknown>])[] = [
  ["format", () => runTool("oxfmt", ["--check"])],
  ["lint", () => runTool("oxlint", ["--type-aware", "--deny-warnings"])],
  ["types", () => runTool("tsc", ["--noEmit"])],
  ["server types", () => runTool("tsc", ["--noEmit", "-p", "server"])],
  ["web types", () => runTool("tsc", ["--noEmit", "-p", "web"])],
  ["D1 drift", async () => refuseDrift("migrations", await migrationDrift(storeConfig))],
  ["object drift", async () => refuseDrift("server/do-migrations", await migrationDrift(coordinatorConfig))],
  ["client size", refuseLargeClient],
  ["docs drift", async () => refuseDrift(".", await driftedFiles())],
];

function refuseDrift(folder: string, files: readonly string[]): void {
  if (files.length === 0) return;
  throw new Problem(
    `Behind their source in ${folder}: ${files.join(", ")}. Run npm run generate and commit the result.`,
  );
}

/** All of them, though one fails: each failure is worth knowing. */
async function runChecks(): Promise<readonly string[]> {
  const progress = createProgress({ write: (text) => process.stdout.write(text) });
  const failed: string[] = [];
  for (const [name, check] of CHECKS) {
    try {
      await progress.step(name, check);
    } catch (error) {
      failed.push(name);
      process.stderr.write(`${failureText(error)}\n`);
    }
  }
  return failed;
}

const started = performance.now();
const failed = await runChecks();
const time = inSeconds(performance.now() - started).trim();
if (failed.length === 0) {
  process.stdout.write(`all checks passed in ${time}\n`);
} else {
  process.stderr.write(`failed: ${failed.join(", ")} (${time})\n`);
  process.exitCode = 1;
}
