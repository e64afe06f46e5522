/** One file that runs on a machine without Node: the bundle, compiled ahead, with the runtime it needs. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../problem.ts";
import { ROOT } from "../run-tool.ts";
import { run } from "./run.ts";
import { fetchRuntime } from "./runtime.ts";
import { executableName, ownTarget, type Target } from "./targets.ts";

export const EXECUTABLES = "dist/release/executables";

/** Any target from any machine: only the runtime that compiles must run here. Resolves to the executable's path. */
export async function buildExecutable(target: Target, bundle: string): Promise<string> {
  const own = ownTarget();
  if (own === undefined) throw new Problem(`No runtime compiles on ${process.platform}-${process.arch}.`);
  const [compiler, carried] = await Promise.all([fetchRuntime(own), fetchRuntime(target)]);
  const folder = join(ROOT, EXECUTABLES, target.name);
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, executableName(target));
  await run(compiler, [
    "build",
    "--compile",
    "--bytecode", // start-up is most of what a command costs
    "--minify",
    "--format=cjs",
    `--target=${target.compilesAs}`,
    `--compile-executable-path=${carried}`,
    // What lies in the folder where a command is run is no part of the command.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    bundle,
    "--outfile",
    outfile,
  ]);
  return outfile;
}
