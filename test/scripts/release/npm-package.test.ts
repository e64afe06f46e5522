import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliBundle, releaseVersion } from "../../../scripts/release/bundle.ts";
import { buildNpmPackage } from "../../../scripts/release/npm-package.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-npm-"));
const unpacked = join(directory, "unpacked");

beforeAll(async () => {
  await build(await cliBundle(directory));
  const archive = await buildNpmPackage(join(directory, "octopool.cjs"), join(directory, "npm"));
  await run("mkdir", [unpacked]);
  await run("tar", ["-xzf", archive, "-C", unpacked]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the npm package", () => {
  it("runs from where it is unpacked, with the release's version", async () => {
    const { stdout } = await run(process.execPath, [join(unpacked, "package/bin/octopool.cjs"), "version"]);
    expect(stdout).toBe(`octopool ${await releaseVersion()}\n`);
  });

  it("installs nothing beside itself and runs no script", () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, "package/package.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
    expect(manifest).toMatchObject({
      name: "octopool",
      bin: { octopool: "bin/octopool.cjs" },
      engines: { node: ">=22" },
    });
  });

  it("holds the command line, its license, manual and own page, and nothing else", async () => {
    const { stdout } = await run("find", [unpacked, "-type", "f", "-printf", "%P\n"]);
    expect(stdout.trim().split("\n").toSorted()).toEqual([
      "package/LICENSE",
      "package/README.md",
      "package/THIRD-PARTY",
      "package/bin/octopool.cjs",
      "package/dist/cli/jq.cjs",
      "package/dist/cli/octopool.cjs",
      "package/octopool.1",
      "package/package.json",
    ]);
  });
});
