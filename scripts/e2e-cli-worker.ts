/**
 * `npm run test:e2e:cli-worker`: the compiled command line, a real workerd with a migrated D1 and a real Durable Object,
 * and GitHub's stand-in; `-- --github` asks the real one. A release is gated on it.
 */
import { parseArgs } from "node:util";
import { startStandIn } from "../test/github/server.ts";
import { ensureBuilt } from "./build-worker.ts";
import { type Command, Stage, STEPS } from "./e2e/cli-worker.ts";
import { githubWorld, standInWorld } from "./local-world.ts";
import { failureText, Problem } from "./problem.ts";
import { createProgress } from "./progress.ts";
import { buildBundle } from "./release/bundle.ts";
import { buildExecutable } from "./release/executable.ts";
import { ownTarget } from "./release/targets.ts";

const progress = createProgress({ write: (text) => process.stdout.write(text) });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { github: { type: "boolean" }, cli: { type: "string" } } });
  await progress.step("build", () => ensureBuilt());
  const command = values.cli === undefined ? await compiled() : ([values.cli] as const);
  const standIn = values.github === true ? undefined : await startStandIn({ port: 0 });
  try {
    const stage = await Stage.open(
      standIn === undefined ? githubWorld(process.env) : standInWorld(standIn.url),
      command,
    );
    try {
      for (const { name, run } of STEPS)
        await progress.step(
          "step",
          () => run(stage),
          () => name,
        );
    } finally {
      await stage.close();
    }
  } finally {
    await standIn?.close();
  }
  progress.line("The command line and the Worker get on.");
}

async function compiled(): Promise<Command> {
  const own = ownTarget();
  if (own === undefined) throw new Problem("There is no target for this machine: name an executable with --cli PATH.");
  const bundle = await progress.step("bundle", buildBundle);
  return [await progress.step("executable", () => buildExecutable(own, bundle))];
}

try {
  await main();
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  process.exitCode = 1;
}
