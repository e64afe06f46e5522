/** The npm package `octopool`: the bundle and its starter, and nothing to install beside it. */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "../run-tool.ts";
import { THIRD_PARTY } from "./archives.ts";
import { BUNDLE_FILES, BUNDLE_FOLDER, releaseVersion } from "./bundle.ts";
import { writeManPage } from "./man-page.ts";
import { run } from "./run.ts";

export const NPM_FOLDER = "dist/release/npm";

/**
 * Resolves to the path of the packed archive, which lies beside the folder: with the other files of the release, as
 * SHA256SUMS has it. @param bundle as buildBundle made it.
 */
export async function buildNpmPackage(bundle: string, folder: string = join(ROOT, NPM_FOLDER)): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "package/bin"), { recursive: true });
  await mkdir(join(folder, "package", BUNDLE_FOLDER), { recursive: true });
  for (const name of BUNDLE_FILES)
    await copyFile(join(dirname(bundle), name), join(folder, "package", BUNDLE_FOLDER, name));
  await copyFile(join(ROOT, "bin/octopool.cjs"), join(folder, "package/bin/octopool.cjs"));
  await copyFile(join(ROOT, "LICENSE"), join(folder, "package/LICENSE"));
  await copyFile(join(ROOT, THIRD_PARTY), join(folder, "package/THIRD-PARTY"));
  await copyFile(join(ROOT, "packaging/npm-readme.md"), join(folder, "package/README.md"));
  await writeManPage(join(folder, "package/octopool.1"));
  await writeFile(join(folder, "package/package.json"), `${JSON.stringify(await manifest(), undefined, 2)}\n`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const printed = await run(
    npm,
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", dirname(folder)],
    join(folder, "package"),
  );
  return join(dirname(folder), printed.trim().split("\n").at(-1) ?? "");
}

async function manifest(): Promise<object> {
  const { name, description, license } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    name: string;
    description: string;
    license: string;
  };
  return {
    name,
    version: await releaseVersion(),
    description: `${description} This is its command line.`,
    license,
    type: "module",
    bin: { octopool: "bin/octopool.cjs" },
    man: "octopool.1",
    files: ["bin", "dist", "octopool.1", "THIRD-PARTY"],
    engines: { node: ">=22" },
  };
}
