import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readServeOptions } from "../../scripts/serve-options.ts";

const ENV = {
  ALLOWED_GITHUB_ORG: "acme",
  APP_ORIGIN: "https://octopool.example",
  TRUST_PROXY: "1",
  OCTOPOOL_ADMIN_TOKEN: "admin-token",
  HOME: "/root",
  AWS_SECRET_ACCESS_KEY: "somebody's",
};
const STATE = ["--state", "/srv/octopool"];

let place = "";
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "octopool-options-"));
});
afterEach(() => rm(place, { recursive: true, force: true }));

const read = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = ENV) =>
  readServeOptions(args, env, { ALLOWED_GITHUB_ORG: "your-org", APP_ORIGIN: "" });

async function secretsFile(text: string, mode = 0o600): Promise<string> {
  const file = join(place, "secrets");
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

it("takes settings by their names, and nothing else of the environment", async () => {
  const { vars, secrets, port, stateDir } = await read(STATE);
  expect({ vars, secrets, port, stateDir }).toEqual({
    vars: { ALLOWED_GITHUB_ORG: "acme", APP_ORIGIN: "https://octopool.example", TRUST_PROXY: "1" },
    secrets: { OCTOPOOL_ADMIN_TOKEN: "admin-token" },
    port: 8787,
    stateDir: "/srv/octopool",
  });
});

it("takes secrets, identities' among them, from a file of its owner's", async () => {
  const file = await secretsFile(
    '# a comment\nPAT_ALICE=ghp_x\nAPP_KEY="-----BEGIN\nKEY-----"\nOCTOPOOL_ADMIN_TOKEN=other\n',
  );
  const { secrets } = await read([...STATE, "--secrets", file]);
  expect(secrets).toEqual({ PAT_ALICE: "ghp_x", APP_KEY: "-----BEGIN\nKEY-----", OCTOPOOL_ADMIN_TOKEN: "other" });
});

it("finds the state where systemd says", async () => {
  expect((await read([], { ...ENV, STATE_DIRECTORY: "/var/lib/octopool" })).stateDir).toBe("/var/lib/octopool");
});

describe("refuses, naming it in one line,", () => {
  it.each<{ name: string; args?: readonly string[]; env: Readonly<Record<string, string | undefined>>; says: RegExp }>([
    { name: "no state", args: [], env: {}, says: /^Say where the state is kept/ },
    { name: "no organization", env: { ALLOWED_GITHUB_ORG: "" }, says: /^ALLOWED_GITHUB_ORG is missing/ },
    { name: "no origin", env: { APP_ORIGIN: undefined }, says: /^APP_ORIGIN is missing/ },
    {
      name: "an origin with a path",
      env: { APP_ORIGIN: "https://o.example/x" },
      says: /^APP_ORIGIN must be an origin/,
    },
    { name: "https without a trusted proxy", env: { TRUST_PROXY: "" }, says: /^TRUST_PROXY must be 1/ },
    { name: "no admin token", env: { OCTOPOOL_ADMIN_TOKEN: "" }, says: /^OCTOPOOL_ADMIN_TOKEN is missing/ },
    {
      name: "a number that is none",
      env: { REQUEST_TIMEOUT_MS: "soon" },
      says: /^REQUEST_TIMEOUT_MS must be a whole number/,
    },
    { name: "a port that is none", env: { PORT: "http" }, says: /^PORT must be a number/ },
    { name: "an option it does not know", args: [...STATE, "--fresh"], env: {}, says: /--help lists the options/ },
    {
      name: "secrets that are not there",
      args: [...STATE, "--secrets", "/nowhere/x"],
      env: {},
      says: /cannot be read: ENOENT/,
    },
  ])("$name", async ({ args = STATE, env, says }) => {
    await expect(read(args, { ...ENV, ...env })).rejects.toThrow(says);
  });

  it("secrets that others may read", async () => {
    await expect(read([...STATE, "--secrets", await secretsFile("A_B=c\n", 0o644)])).rejects.toThrow(/chmod 600/);
  });

  it("a name that no secret may have", async () => {
    await expect(read([...STATE, "--secrets", await secretsFile("path=c\n")])).rejects.toThrow(/path in .+ is no name/);
  });
});
