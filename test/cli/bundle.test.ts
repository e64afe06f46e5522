import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { cliBundle } from "../../scripts/release/bundle.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-bundle-"));
const outfile = join(directory, "octopool.cjs");
let imported: readonly string[] = [];

beforeAll(async () => {
  const { metafile } = await build({ ...(await cliBundle(outfile)), metafile: true });
  imported = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the bundle", () => {
  it("needs nothing outside Node", () => {
    const builtin = new Set(builtinModules);
    expect(imported.filter((path) => !builtin.has(path.replace(/^node:/, "")))).toEqual([]);
    expect(imported).not.toEqual([]);
  });

  it("has the release built in and runs on its own", async () => {
    const { stdout } = await run(process.execPath, [outfile, "version"], { cwd: directory });
    expect(stdout).toBe(`octopool ${packageJson.version}\n`);
  });

  it("ends with the exit code of the command", async () => {
    const env = { OCTOPOOL_CONFIG_DIR: directory };
    await expect(run(process.execPath, [outfile, "health"], { env })).rejects.toMatchObject({ code: 4 });
    await expect(run(process.execPath, [outfile, "nonsense"], { env })).rejects.toMatchObject({ code: 2 });
  });
});
