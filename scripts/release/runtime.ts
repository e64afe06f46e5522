/** Brings a target's runtime: from npm, checked against its known hash, kept under node_modules/.cache. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../problem.ts";
import { ROOT } from "../run-tool.ts";
import { run } from "./run.ts";
import { BUN_VERSION, type Target } from "./targets.ts";

const CACHE = join(ROOT, "node_modules/.cache/octopool-runtimes", BUN_VERSION);

/**
 * Resolves to the runtime's executable. Not a dependency of the project: 35 MB that nobody needs who only runs it.
 * @throws Problem where it cannot be fetched, or is not what it was when its hash was written down.
 */
export async function fetchRuntime(target: Target): Promise<string> {
  const kept = join(CACHE, target.name);
  const executable = join(kept, "package", "bin", target.name.startsWith("windows") ? "bun.exe" : "bun");
  if (existsSync(executable)) return executable;
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, "fetch-"));
  try {
    const archive = await download(target, work);
    requireIntegrity(await readFile(archive), target);
    await run("tar", ["-xzf", archive, "-C", work]);
    await rm(kept, { recursive: true, force: true });
    await rename(work, kept); // whole or not at all
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  if (!existsSync(executable)) throw new Problem(`${target.runtime}@${BUN_VERSION} holds no runtime.`);
  return executable;
}

async function download(target: Target, folder: string): Promise<string> {
  const spec = `${target.runtime}@${BUN_VERSION}`;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const printed = await run(npm, ["pack", spec, "--silent", "--pack-destination", folder]).catch((error: unknown) => {
    const why = error instanceof Problem ? error.message : String(error);
    throw new Problem(`The runtime ${spec} could not be fetched; is the package registry reachable?\n${why}`);
  });
  return join(folder, printed.trim().split("\n").at(-1) ?? "");
}

/** @throws Problem where the archive is another one. */
export function requireIntegrity(archive: Uint8Array, target: Target): void {
  const found = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  if (found !== target.integrity) {
    throw new Problem(
      `${target.runtime}@${BUN_VERSION} is not the archive it was: ${found}. Nothing was built from it.`,
    );
  }
}
