/** Runs a command line in a directory of its own, on pipes or on a pseudo-terminal, and keeps all it leaves behind. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface GhRun {
  /** As a shell reads it: the program and its words. */
  readonly line: string;
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: boolean;
}

export interface GhOutcome {
  readonly code: number | string;
  /** On a terminal both streams, as they came. */
  readonly stdout: string;
  readonly stderr: string;
  /** `path hash` of each file the command made. */
  readonly files: readonly string[];
}

const PATIENCE_MS = 90_000;

export async function runGh({ line, env, terminal }: GhRun): Promise<GhOutcome> {
  const place = await mkdtemp(join(tmpdir(), "octopool-gh-cwd-"));
  const cwd = join(place, "work");
  const TMPDIR = join(place, "tmp"); // gh api --cache keeps its answers there
  await Promise.all([mkdir(cwd), mkdir(TMPDIR)]);
  try {
    const [program, args] = terminal ? ["script", ["-qec", line, "/dev/null"]] : ["/bin/sh", ["-c", `exec ${line}`]];
    const child = spawn(program, args, {
      cwd,
      env: { ...env, TMPDIR },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: PATIENCE_MS,
    });
    const [stdout, stderr, code] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr),
      new Promise<number | string>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (exit, signal) => resolve(exit ?? signal ?? "unknown"));
      }),
    ]);
    return { code, stdout, stderr, files: await filesIn(cwd) };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.map(async (path) => {
    const hash = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    return `${path.slice(directory.length)} ${hash.slice(0, 16)}`;
  });
  return (await Promise.all(lines)).toSorted();
}
