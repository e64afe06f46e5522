import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readScope } from "../../../cli/commands/admin/identity.ts";
import { UsageProblem } from "../../../cli/exit.ts";
import { refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk, type RunOptions } from "../support/run-cli.ts";

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

const admin = (words: readonly string[], { env, ...options }: RunOptions = {}) =>
  desk.run(["admin", ...words], { ...options, env: { OCTOPOOL_URL: relay.url, OCTOPOOL_ADMIN_TOKEN: "adm", ...env } });

describe("what octopool admin sends", () => {
  const pat = ["identity", "--id", "pat_alice", "--login", "alice", "--secret-ref", "PAT_ALICE"];
  const patBody = { id: "pat_alice", kind: "pat", login: "alice", secret_ref: "PAT_ALICE" };
  const app = [
    "identity",
    "--id",
    "app",
    "--login",
    "acme-app",
    "--secret-ref",
    "APP_KEY",
    "--kind",
    "github_app",
    "--installation-id",
    "42",
  ];
  const identities = "POST /v1/admin/pools/maintainers/identities";

  it.each([
    {
      name: "a caller",
      words: ["caller", "--github-login", "alice"],
      door: "POST /v1/admin/callers",
      body: { pool: "maintainers", github_login: "alice" },
    },
    {
      name: "a caller with a name",
      words: ["caller", "--github-login", "alice", "--name", "Alice A.", "--pool", "p2"],
      door: "POST /v1/admin/callers",
      body: { pool: "p2", github_login: "alice", name: "Alice A." },
    },
    {
      name: "an operator",
      words: ["operator", "--github-login", "alice", "--role", "none"],
      door: "POST /v1/admin/operators",
      body: { pool: "maintainers", github_login: "alice", role: "none" },
    },
    { name: "an identity without scopes", words: pat, door: identities, body: { ...patBody, scopes: [] } },
    {
      name: "an owner scope, public",
      words: [...pat, "--scope", "acme"],
      door: identities,
      body: { ...patBody, scopes: [{ owner: "acme", allow_private: false }] },
    },
    {
      name: "owner and repository scopes",
      words: [...pat, "--scope", "acme", "--scope", "acme/widget"],
      door: identities,
      body: {
        ...patBody,
        scopes: [
          { owner: "acme", allow_private: false },
          { owner: "acme", repo: "widget", allow_private: true },
        ],
      },
    },
    {
      name: "an owner scope with private repositories",
      words: [...pat, "--allow-private", "--scope", "acme"],
      door: identities,
      body: { ...patBody, scopes: [{ owner: "acme", allow_private: true }] },
    },
    {
      name: "every owner, which stays public",
      words: [...pat, "--allow-private", "--scope", "*"],
      door: identities,
      body: { ...patBody, scopes: [{ owner: "*", allow_private: false }] },
    },
    {
      name: "weight and public-only",
      words: [...pat, "--weight", "3", "--public-only"],
      door: identities,
      body: { ...patBody, weight: 3, public_only: true, scopes: [] },
    },
    {
      name: "an app with its installation as a number",
      words: app,
      door: identities,
      body: {
        id: "app",
        kind: "github_app",
        login: "acme-app",
        secret_ref: "APP_KEY",
        installation_id: 42,
        scopes: [],
      },
    },
    {
      name: "a pool with a slash",
      words: [...pat, "--pool", "team/a"],
      door: "POST /v1/admin/pools/team%2Fa/identities",
      body: { ...patBody, scopes: [] },
    },
    {
      name: "a purge by key",
      words: ["purge", "--key", "a", "--key", "b"],
      door: "POST /v1/admin/pools/maintainers/purge",
      body: { keys: ["a", "b"] },
    },
    {
      name: "a rehearsed purge",
      words: ["purge", "--repo", "acme/widget", "--path", "/x", "--dry-run"],
      door: "POST /v1/admin/pools/maintainers/purge",
      body: { repo: "acme/widget", path: "/x", dry_run: true },
    },
  ])("for $name", async ({ words, door, body }) => {
    relay.on(door, { status: 201, body: { ok: true } });
    expect(await admin(words)).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: "", waits: [] });
    expect(relay.heard[0]).toMatchObject({
      headers: { authorization: "Bearer adm", "content-type": "application/json" },
    });
    expect(relay.heard[0]?.body).toEqual(body);
  });

  it("shows a new token as JSON, with a word of warning on a terminal only", async () => {
    relay.on("POST /v1/admin/callers", { status: 201, body: { token: "op_new" } });
    const { stdout, stderr } = await admin(["caller", "--github-login", "alice"], { terminal: true });
    expect(stdout).toBe('{\n  "token": "op_new"\n}\n');
    expect(stderr).toBe("octopool: the token is shown this once; hand it over safely (OCTOPOOL_TOKEN)\n");
  });
});

describe("octopool admin pool", () => {
  const DOOR = "/v1/admin/pools/maintainers";
  const policy = { allowed_owners: ["acme"], allow_search: false, max_concurrent_per_caller: 16 };
  beforeEach(() => {
    relay.on(`GET ${DOOR}`, { body: { policy } });
    relay.on(`PUT ${DOOR}`, ({ body }) => ({ body }));
  });
  const put = () => relay.heard.find(({ method }) => method === "PUT")?.body;

  it.each([{ terminal: true }, { terminal: false }])("prints the policy, terminal: $terminal", async ({ terminal }) => {
    expect(JSON.parse((await admin(["pool"], { terminal })).stdout)).toEqual({ policy });
    expect(put()).toBeUndefined();
  });

  it("changes the members it is told and keeps the rest", async () => {
    await admin(["pool", "--set", "allow_search=true", "--set", "allowed_owners=acme, beta", "--set", "note=hello"]);
    expect(put()).toEqual({
      policy: { ...policy, allow_search: true, allowed_owners: ["acme", "beta"], note: "hello" },
    });
  });

  it.each([
    { name: "the policy itself", content: JSON.stringify(policy) },
    { name: "what admin pool prints", content: JSON.stringify({ policy }) },
  ])("writes a file that holds $name", async ({ content }) => {
    const file = join(desk.home, "policy.json");
    writeFileSync(file, content);
    expect((await admin(["pool", "--policy-file", file])).code).toBe(0);
    expect(put()).toEqual({ policy });
  });

  it.each([
    { name: "a missing file", content: undefined, says: "cannot be read (ENOENT)" },
    { name: "a file without an object", content: "[1]", says: "does not hold a JSON object" },
  ])("fails on $name and writes nothing", async ({ content, says }) => {
    const file = join(desk.home, "policy.json");
    if (content !== undefined) writeFileSync(file, content);
    const { code, stderr } = await admin(["pool", "--policy-file", file]);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(relay.heard).toEqual([]);
  });
});

describe("what octopool admin refuses", () => {
  it.each([
    { name: "a caller without a login", words: ["caller"] },
    { name: "an operator without a role", words: ["operator", "--github-login", "a"] },
    { name: "an unknown role", words: ["operator", "--github-login", "a", "--role", "king"] },
    { name: "an identity without a secret", words: ["identity", "--id", "a", "--login", "a"] },
    {
      name: "an unknown kind",
      words: ["identity", "--id", "a", "--login", "a", "--secret-ref", "A_B", "--kind", "oauth"],
    },
    {
      name: "an app without its installation",
      words: ["identity", "--id", "a", "--login", "a", "--secret-ref", "A_B", "--kind", "github_app"],
    },
    {
      name: "a scope that is none",
      words: ["identity", "--id", "a", "--login", "a", "--secret-ref", "A_B", "--scope", "a/b/c"],
    },
    { name: "a purge of nothing", words: ["purge", "--dry-run"] },
    { name: "a policy from two places", words: ["pool", "--policy-file", "f", "--set", "a=1"] },
    { name: "a change without a value", words: ["pool", "--set", "allow_search"] },
  ])("as wrong usage: $name", async ({ words }) => {
    const { code, stdout, stderr } = await admin(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^octopool: .+\noctopool: next: .+\n$/);
    expect(relay.heard).toEqual([]);
  });

  it("for want of an admin token, which no caller token replaces", async () => {
    await desk.saveLogin(relay.url);
    const { code, stderr } = await admin(["pool"], { env: { OCTOPOOL_ADMIN_TOKEN: "", OCTOPOOL_TOKEN: "op_env" } });
    expect(code).toBe(1);
    expect(stderr).toContain("octopool: OCTOPOOL_ADMIN_TOKEN is not set");
    expect(relay.heard).toEqual([]);
  });

  it.each([
    { answer: refusal(401, "invalid_admin_auth"), next: "set OCTOPOOL_ADMIN_TOKEN to the server's admin token" },
    { answer: refusal(503, "admin_unconfigured"), next: "set the secret OCTOPOOL_ADMIN_TOKEN on the server" },
  ])("with advice: $next", async ({ answer, next }) => {
    relay.on("GET /v1/admin/pools/maintainers", answer);
    const { code, stderr } = await admin(["pool"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`octopool: next: ${next}`);
  });

  it.each(["", "/", "a/", "/b", "*/b", "a b", "a/b/c", "**"])("%j as a scope", (text) => {
    expect(() => readScope(text, false)).toThrow(UsageProblem);
  });
});
