import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { standInForTests } from "./fixture.ts";

const asker = standInForTests();
const run = promisify(execFile);
const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
};

/** What the real git makes of it: name to object id. */
async function lsRemote(
  path: string,
  version: string,
  ...prefixes: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const git = ["-c", `protocol.version=${version}`, "ls-remote", `${asker().url}${path}`, ...prefixes];
  const { stdout } = await run("git", git, { env: ENVIRONMENT });
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  return new Map(rows.map(([sha = "", name = ""]) => [name, sha]));
}

const restSha = async (ref: string): Promise<string> => {
  const response = await asker().get(`/repos/acme/widget/git/ref/${ref}`);
  return ((await response.json()) as { object: { sha: string } }).object.sha;
};

describe("git ls-remote", () => {
  it.each(["0", "2"])("lists, with protocol version %s, the refs that the API answers", async (version) => {
    const refs = await lsRemote("/acme/widget.git", version);
    expect([...refs.keys()]).toEqual([
      "HEAD",
      "refs/heads/dev",
      "refs/heads/main",
      "refs/pull/7/head",
      "refs/tags/light",
      "refs/tags/signed",
      "refs/tags/signed^{}",
    ]);
    for (const ref of ["heads/main", "pull/7/head", "tags/signed"]) {
      expect([ref, refs.get(`refs/${ref}`)]).toEqual([ref, await restSha(ref)]);
    }
  });

  it("sees a branch move", async () => {
    const before = await lsRemote("/acme/widget", "2", "refs/heads/main");
    await asker().client.touch("/repos/acme/widget/branches/main");
    const after = await lsRemote("/acme/widget", "2", "refs/heads/main");
    expect(after.get("refs/heads/main")).not.toBe(before.get("refs/heads/main"));
    expect(after.get("refs/heads/main")).toBe(await restSha("heads/main"));
  });

  it("follows a rename, and is asked for a password where nothing is public", async () => {
    expect([...(await lsRemote("/acme/old.git", "2")).keys()]).toContain("refs/heads/main");
    for (const path of ["/acme/secret.git", "/acme/nowhere.git"]) {
      await expect(lsRemote(path, "2")).rejects.toThrow(/could not read Username/);
    }
  });
});
