import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientName } from "../../../cli/commands/login.ts";
import { discovery, refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk } from "../support/run-cli.ts";

const WELL_KNOWN = "GET /.well-known/octopool";
const EXCHANGE = "POST /v1/login/github-cli";
const caller = {
  id: "c1",
  name: "alice",
  github_login: "alice",
  org_login: "acme",
  pool: "maintainers",
  client_name: "desk",
};

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  relay.on(WELL_KNOWN, discovery(relay.url));
  relay.on(EXCHANGE, { status: 201, body: { caller, token: "op_fresh" } });
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

const savedFile = () => join(desk.home, ".config", "octopool", "logins.json");
const exchanged = () => relay.heard.filter(({ path }) => path === "/v1/login/github-cli").map(({ body }) => body);

describe.each([{ terminal: true }, { terminal: false }])("octopool login, terminal: $terminal", ({ terminal }) => {
  it("exchanges the GitHub token, saves the caller token and says so", async () => {
    const { code, stdout, stderr } = await desk.run(["login", relay.url], { terminal, env: { GH_TOKEN: "ghp_1" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      `Logged in to ${relay.url} as alice (pool maintainers, client desk).\nThe caller token is saved in ${savedFile()}.\n`,
    );
    expect(exchanged()).toEqual([{ github_token: "ghp_1", pool: "maintainers", client_name: "desk" }]);
    expect(JSON.parse(readFileSync(savedFile(), "utf8"))).toMatchObject({
      servers: { [relay.url]: { token: "op_fresh" } },
    });
    expect(readFileSync(savedFile(), "utf8")).not.toContain("ghp_1");
    expect(statSync(savedFile()).mode & 0o777).toBe(0o600);
  });

  it("shows neither token", async () => {
    const { stdout, stderr } = await desk.run(["login", relay.url], { terminal, env: { GH_TOKEN: "ghp_1" } });
    expect(stdout + stderr).not.toMatch(/ghp_1|op_fresh/);
  });
});

describe("octopool login", () => {
  it.each([
    { name: "GH_TOKEN first", env: { GH_TOKEN: "ghp_1", GITHUB_TOKEN: "ghp_2" }, words: [], sent: "ghp_1" },
    { name: "GITHUB_TOKEN next", env: { GH_TOKEN: "", GITHUB_TOKEN: "ghp_2" }, words: [], sent: "ghp_2" },
    { name: "standard input on request", env: { GH_TOKEN: "ghp_1" }, words: ["--with-token"], sent: "ghp_stdin" },
  ])("takes the GitHub token from $name", async ({ env, words, sent }) => {
    expect((await desk.run(["login", relay.url, ...words], { env, stdin: "ghp_stdin\n" })).code).toBe(0);
    expect(exchanged()).toMatchObject([{ github_token: sent }]);
  });

  it("asks the gh that OCTOPOOL_GH_PATH names where the environment holds no token", async () => {
    const gh = join(desk.home, "gh");
    writeFileSync(gh, '#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && echo ghp_from_gh\n');
    chmodSync(gh, 0o755);
    expect((await desk.run(["login", relay.url], { env: { OCTOPOOL_GH_PATH: gh } })).code).toBe(0);
    expect(exchanged()).toMatchObject([{ github_token: "ghp_from_gh" }]);
  });

  it("says where it looked for a GitHub token in vain", async () => {
    const { code, stderr } = await desk.run(["login", relay.url], {
      env: { OCTOPOOL_GH_PATH: join(desk.home, "none") },
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "octopool: No GitHub token was found in GH_TOKEN, in GITHUB_TOKEN or by gh auth token.\n" +
        "octopool: next: gh auth login, or pipe a token: octopool login --with-token < token.txt\n",
    );
  });

  it("refuses an empty token on standard input as wrong usage", async () => {
    expect((await desk.run(["login", relay.url, "--with-token"], { stdin: "\n" })).code).toBe(2);
    expect(exchanged()).toEqual([]);
  });

  it.each([
    {
      name: "flags",
      words: ["--pool", "finance", "--client", "Build 7.local"],
      env: {},
      sent: { pool: "finance", client_name: "Build-7" },
    },
    {
      name: "OCTOPOOL_POOL",
      words: [],
      env: { OCTOPOOL_POOL: "finance" },
      sent: { pool: "finance", client_name: "desk" },
    },
  ])("takes pool and client from $name", async ({ words, env, sent }) => {
    await desk.run(["login", relay.url, ...words], { env: { GH_TOKEN: "ghp_1", ...env } });
    expect(exchanged()).toEqual([{ github_token: "ghp_1", ...sent }]);
  });

  it("takes the server from OCTOPOOL_URL", async () => {
    expect((await desk.run(["login"], { env: { GH_TOKEN: "ghp_1", OCTOPOOL_URL: relay.url } })).code).toBe(0);
  });

  it("takes the server of the last login where none is named", async () => {
    await desk.saveLogin(relay.url);
    expect((await desk.run(["login"], { env: { GH_TOKEN: "ghp_1" } })).code).toBe(0);
    expect(exchanged()).toHaveLength(1);
  });

  it("asks for a server where none is known", async () => {
    const { code, stderr } = await desk.run(["login"], { env: { GH_TOKEN: "ghp_1" } });
    expect(code).toBe(2);
    expect(stderr).toContain("octopool: next: octopool login https://octopool.example.com\n");
  });

  it.each([
    { answer: refusal(403, "pool_denied"), next: "leave --pool out to log in to the server's own default pool" },
    { answer: refusal(403, "org_member_denied"), next: "ask an owner of the organization for membership" },
    { answer: refusal(401, "github_auth_failed"), next: "gh auth login, then octopool login again" },
    {
      answer: refusal(401, "github_auth_failed", { details: { github_retry_after: "60" } }),
      next: "wait 60 s, then octopool login again",
    },
    {
      answer: refusal(401, "github_auth_failed", {
        details: { github_rate_limit_remaining: "0", github_rate_limit_reset: "1772366400" },
      }),
      next: "wait until 2026-03-01T12:00:00.000Z, then octopool login again",
    },
    { answer: refusal(429, "rate_limited"), next: "wait a minute and try again" },
  ])("saves nothing when refused and says: $next", async ({ answer, next }) => {
    relay.on(EXCHANGE, answer);
    const { code, stderr } = await desk.run(["login", relay.url], { env: { GH_TOKEN: "ghp_1" } });
    expect(code).toBe(1);
    expect(stderr).toContain(`octopool: next: ${next}\noctopool: request id: req_7\n`);
    expect(() => statSync(savedFile())).toThrow("ENOENT");
  });

  it.each([{ caller }, { caller, token: "" }, { token: "op_1" }, { caller: [], token: 7 }])(
    "saves nothing from a login answer like %j",
    async (body) => {
      relay.on(EXCHANGE, { status: 201, body });
      const { code, stderr } = await desk.run(["login", relay.url], { env: { GH_TOKEN: "ghp_1" } });
      expect(code).toBe(1);
      expect(stderr).toContain("accepted the login but sent no caller token; nothing was saved.");
    },
  );
});

describe("clientName", () => {
  it.each([
    ["studio.local", "studio"],
    ["Alice's laptop", "Alice-s-laptop"],
    ["ci_7.build-1", "ci_7.build-1"],
    ["x".repeat(90), "x".repeat(80)],
    [".local", "cli"],
  ])("makes %j into %j", (given, safe) => {
    expect(clientName(given)).toBe(safe);
  });
});
