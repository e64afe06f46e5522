/** Whether a schema says more than its migrations: drizzle-kit must have nothing to add to a copy of them. */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Config } from "drizzle-kit";
import { ROOT, runTool } from "./run-tool.ts";

/** The files under `config.out` that drizzle-kit would add or change, from that folder. Changes nothing itself. */
export async function migrationDrift(config: Config, root: string = ROOT): Promise<readonly string[]> {
  const { out = "./drizzle" } = config;
  const folder = await mkdtemp(join(tmpdir(), "octopool-drift-"));
  try {
    const copy = join(folder, "out");
    await cp(join(root, out), copy, { recursive: true });
    // drizzle-kit takes `out` from the working directory on, even where it is absolute.
    const place = join(folder, "drizzle.config.json");
    await writeFile(place, JSON.stringify({ ...config, out: relative(root, copy) }));
    await runTool("drizzle-kit", ["generate", "--config", relative(root, place)]);
    return await differingFiles(join(root, out), copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files of `changed` that `original` lacks or has otherwise. */
async function differingFiles(original: string, changed: string): Promise<readonly string[]> {
  const entries = await readdir(changed, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(changed, join(entry.parentPath, entry.name)));
  const differing: string[] = [];
  for (const name of names.toSorted()) {
    const before = await readFile(join(original, name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (before !== (await readFile(join(changed, name), "utf8"))) differing.push(name);
  }
  return differing;
}
