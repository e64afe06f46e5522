import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { cliBundle } from "../../scripts/release/bundle.ts";
import { raw, startFakeRelay } from "./support/fake-relay.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-bundle-"));
const outfile = join(directory, "octopool.cjs");
let imported: readonly string[] = [];

beforeAll(async () => {
  const { metafile } = await build({ ...(await cliBundle(directory)), metafile: true });
  imported = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the bundle", () => {
  it("needs nothing outside Node but the file beside it", () => {
    const builtin = new Set([...builtinModules, "./jq.cjs"]);
    expect(imported.filter((path) => !builtin.has(path.replace(/^node:/, "")))).toEqual([]);
    expect(imported).not.toEqual([]);
  });

  it("has the release built in and runs on its own", async () => {
    const { stdout } = await run(process.execPath, [outfile, "version"], { cwd: directory });
    expect(stdout).toBe(`octopool ${packageJson.version}\n`);
  });

  it("brings jq along, and reads it for --jq only", async () => {
    const relay = await startFakeRelay();
    relay.on("POST /v1/github/request", raw('{"title":"from the relay"}'));
    const env = { OCTOPOOL_CONFIG_DIR: directory, OCTOPOOL_URL: relay.url, OCTOPOOL_TOKEN: "op_x" };
    const read = ["api", "repos/o/r/pulls/1"];
    const whole = await run(process.execPath, [outfile, ...read, "--jq", ".title"], { env });
    const alone = join(directory, "alone/octopool.cjs");
    mkdirSync(join(directory, "alone"));
    copyFileSync(outfile, alone);
    const { stdout } = await run(process.execPath, [alone, ...read], { env });
    await relay.close();
    expect([whole.stdout, stdout]).toEqual(["from the relay\n", '{"title":"from the relay"}']);
    expect(statSync(outfile).size).toBeLessThan(statSync(join(directory, "jq.cjs")).size / 4);
  });

  it("ends as it would have where nobody reads its standard error any more", async () => {
    const child = spawn(process.execPath, [outfile, "nonsense"], { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.destroy(); // long before it has started
    expect(await once(child, "exit")).toEqual([2, null]);
  });

  it("ends with the exit code of the command", async () => {
    const env = { OCTOPOOL_CONFIG_DIR: directory };
    await expect(run(process.execPath, [outfile, "health"], { env })).rejects.toMatchObject({ code: 4 });
    await expect(run(process.execPath, [outfile, "nonsense"], { env })).rejects.toMatchObject({ code: 2 });
  });
});
