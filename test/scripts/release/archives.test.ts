import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { archiveExecutable, formulaOf, writeChecksums } from "../../../scripts/release/archives.ts";
import { releaseVersion } from "../../../scripts/release/bundle.ts";
import { requireIntegrity } from "../../../scripts/release/runtime.ts";
import { ownTarget, TARGETS, targetNamed } from "../../../scripts/release/targets.ts";
import { aHead } from "./support/heads.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-release-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const target = targetNamed("linux-arm64") ?? expect.unreachable();
const template = readFileSync(new URL("../../../packaging/octopool.rb.template", import.meta.url), "utf8");
const sumsOf = (version: string, names: readonly string[]) =>
  new Map(names.map((name, index) => [`octopool-${version}-${name}.tar.gz`, `${index}`.repeat(64)]));

describe("a release", () => {
  it("has archives whose checksums sha256sum confirms", async () => {
    const executable = join(directory, "built");
    writeFileSync(executable, aHead("linux-arm64"), { mode: 0o755 });
    const archive = await archiveExecutable(target, executable, directory);
    await writeChecksums([archive], directory);
    const { stdout } = await run("sha256sum", ["--check", "SHA256SUMS"], { cwd: directory });
    expect(stdout).toBe(`octopool-${await releaseVersion()}-linux-arm64.tar.gz: OK\n`);
    const listed = await run("tar", ["-tvzf", archive]);
    expect(listed.stdout).toMatch(/^-rwx.* octopool$/m);
    expect(listed.stdout).toMatch(/ LICENSE\n[^]* THIRD-PARTY\n/);
  });

  it("has a formula with every version and checksum filled in", () => {
    const formula = formulaOf(
      template,
      "9.8.7",
      sumsOf("9.8.7", ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]),
    );
    expect(formula).not.toMatch(/\{\{|\}\}/);
    expect(formula).toContain(`download/v9.8.7/octopool-9.8.7-darwin-x64.tar.gz"\n      sha256 "${"1".repeat(64)}"`);
  });

  it("has no formula while an archive it names is missing", () => {
    expect(() => formulaOf(template, "9.8.7", sumsOf("9.8.7", ["darwin-arm64"]))).toThrow(
      "The formula needs octopool-9.8.7-darwin-x64.tar.gz.",
    );
  });

  it("is never built from a runtime that is not the known one", () => {
    expect(() => requireIntegrity(Buffer.from("another archive"), target)).toThrow(/is not the archive it was/);
  });

  it("is for Linux, macOS and Windows on both kinds of processor, this machine's among them", () => {
    expect(TARGETS.map(({ name }) => name).toSorted()).toEqual(
      ["darwin", "linux", "windows"].flatMap((platform) => [`${platform}-arm64`, `${platform}-x64`]).toSorted(),
    );
    expect(TARGETS).toContain(ownTarget());
  });
});
