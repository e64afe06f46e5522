/** Builds the Worker where its sources changed since the last build. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { lock } from "./lock.ts";
import { Problem } from "./problem.ts";

/** All that the build reads. */
export const BUILD_INPUTS = [
  "server",
  "shared",
  "web",
  "public",
  "migrations",
  "wrangler.jsonc",
  "vite.config.ts",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
] as const;

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = "dist/octopool/index.js";
const STAMP = "dist/.built-from.json";

/** The sources a build was made from, and what came out, so that a build made by other means is noticed. */
interface Stamp {
  readonly sources: string;
  readonly output: string;
}

/**
 * Resolves to whether it built; processes that ask at once build once. Aborting ends the build.
 * @throws Problem with the build's own words where it fails.
 */
export async function ensureBuilt(root: string = ROOT, signal?: AbortSignal): Promise<boolean> {
  const held = await lock(join(root, STAMP));
  try {
    const sources = await hashOf(root, BUILD_INPUTS);
    const stamp = await readStamp(root);
    if (stamp?.sources === sources && stamp.output === (await hashOf(root, [ENTRY]))) return false;
    await runViteBuild(root, signal);
    await mkdir(join(root, "dist"), { recursive: true });
    const made: Stamp = { sources, output: await hashOf(root, [ENTRY]) };
    await writeFile(join(root, STAMP), JSON.stringify(made));
    return true;
  } finally {
    await held.release();
  }
}

/** SHA-256 over the names and bytes of files and of all files in folders; what is missing counts as nothing. */
export async function hashOf(root: string, inputs: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const path of await filesOf(join(root, input))) {
      const bytes = await readFile(path);
      hash.update(`${relative(root, path)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(whereMissing);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function readStamp(root: string): Promise<Partial<Stamp> | undefined> {
  const text = await readFile(join(root, STAMP), "utf8").catch(whereMissing);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Partial<Stamp>);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // cut short: build again
    throw error;
  }
}

function runViteBuild(root: string, signal: AbortSignal | undefined): Promise<void> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const child = spawn(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal, killSignal: "SIGKILL" }),
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Problem(`The build failed:\n${Buffer.concat(output).toString("utf8").trim()}`));
    });
  });
}

function whereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
