/**
 * Builds what is published of the command line. `npm run build:cli`: the bundle, the npm package, and executables for
 * Linux on both kinds of processor. `-- --target darwin-arm64` (repeatable) chooses others, `-- --bundle` makes the bundle
 * alone, `-- --assemble FOLDER` archives executables made elsewhere, with checksums and the Homebrew formula.
 */
import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { failureText, Problem } from "./problem.ts";
import { createProgress, type Progress } from "./progress.ts";
import { archiveExecutable, formulaOf, RELEASE, writeChecksums } from "./release/archives.ts";
import { buildBundle, releaseVersion } from "./release/bundle.ts";
import { buildExecutable } from "./release/executable.ts";
import { buildNpmPackage } from "./release/npm-package.ts";
import { executableName, targetNamed, TARGETS, type Target } from "./release/targets.ts";
import { ROOT } from "./run-tool.ts";

const LINUX = ["linux-x64", "linux-arm64"];

async function main(args: readonly string[], progress: Progress): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { target: { type: "string", multiple: true }, bundle: { type: "boolean" }, assemble: { type: "string" } },
  });
  if (values.assemble !== undefined) return assemble(values.assemble, progress);
  const targets = (values.target ?? LINUX).map(requireTarget);
  const bundle = await progress.step("bundle", buildBundle, shown);
  if (values.bundle === true) return;
  const files = [await progress.step("npm package", () => buildNpmPackage(bundle), shown)];
  for (const target of targets) {
    const executable = await progress.step(target.name, () => buildExecutable(target, bundle), shown);
    files.push(await archiveExecutable(target, executable));
  }
  await progress.step(
    "checksums",
    () => writeChecksums(files),
    () => `${RELEASE}/SHA256SUMS`,
  );
}

/** @param folder holds `<target>/octopool` for every target. */
async function assemble(folder: string, progress: Progress): Promise<void> {
  const bundle = await progress.step("bundle", buildBundle, shown);
  const files = [await progress.step("npm package", () => buildNpmPackage(bundle), shown)];
  for (const target of TARGETS) {
    const executable = join(folder, target.name, executableName(target));
    if (!existsSync(executable)) throw new Problem(`${executable} is missing: build it with --target ${target.name}.`);
    await chmod(executable, 0o755); // an artifact store forgets it
    files.push(await progress.step(target.name, () => archiveExecutable(target, executable), shown));
  }
  const sums = await progress.step(
    "checksums",
    () => writeChecksums(files),
    () => `${RELEASE}/SHA256SUMS`,
  );
  const template = await readFile(join(ROOT, "packaging/octopool.rb.template"), "utf8");
  await writeFile(join(ROOT, RELEASE, "octopool.rb"), formulaOf(template, await releaseVersion(), sums));
}

function requireTarget(name: string): Target {
  const target = targetNamed(name);
  if (target !== undefined) return target;
  throw new Problem(`There is no target ${name}; there are ${TARGETS.map((one) => one.name).join(", ")}.`);
}

function shown(path: string): string {
  return relative(ROOT, path);
}

try {
  await main(process.argv.slice(2), createProgress({ write: (text) => process.stdout.write(text) }));
} catch (error) {
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = 1;
}
