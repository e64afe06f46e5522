import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig, readSecret, RESERVED_NAMES } from "../../server/config.ts";
import { RelayError } from "../../shared/errors.ts";

const LEAST = { ALLOWED_GITHUB_ORG: "acme" };
const NAMES_IN_DESIGN = [
  "ALLOWED_GITHUB_ORG",
  "DEFAULT_ALLOWED_OWNERS",
  "DEFAULT_LOGIN_POOL",
  "MAX_RESPONSE_BYTES",
  "REQUEST_TIMEOUT_MS",
  "ORG_VERIFY_TTL_SECONDS",
  "PUBLIC_REPO_TTL_SECONDS",
  "PUBLIC_REPO_NEGATIVE_TTL_SECONDS",
  "GITHUB_OAUTH_CLIENT_ID",
  "GITHUB_OAUTH_CALLBACK_ORIGIN",
  "GITHUB_API_ORIGIN",
  "GITHUB_WEB_ORIGIN",
  "GITHUB_RAW_ORIGIN",
  "APP_ORIGIN",
  "PUBLIC_HOST",
  "INSTALL_COMMAND",
  "CONFIG_TTL_SECONDS",
  "MAX_LOG_BYTES",
  "TRUST_PROXY",
  "UPSTREAM_ORIGIN",
  "OCTOPOOL_ADMIN_TOKEN",
  "GITHUB_OAUTH_CLIENT_SECRET",
  "OCTOPOOL_PROXY_SECRET",
  "OCTOPOOL_GITHUB_ORG_TOKEN",
  "OCTOPOOL_GITHUB_APP_ID",
  "GITHUB_WEBHOOK_SECRET",
  "METRICS_TOKEN",
  "DB",
  "POOL_COORDINATOR",
  "ACTIONS_LOGS",
  "ASSETS",
];

function refusalOf(env: Readonly<Record<string, unknown>>): RelayError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof RelayError) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("readConfig", () => {
  it("needs the organization only, and has a default for the rest", () => {
    expect(readConfig(LEAST)).toEqual({
      allowedOrg: "acme",
      defaultAllowedOwners: [],
      defaultLoginPool: "maintainers",
      maxResponseBytes: 2 * 1024 * 1024,
      maxLogBytes: 64 * 1024 * 1024,
      requestTimeoutMs: 15_000,
      orgVerifyTtlMs: 86_400_000,
      publicRepoTtlMs: 30_000,
      publicRepoNegativeTtlMs: 3_600_000,
      configTtlMs: 30_000,
      githubApiOrigin: "https://api.github.com",
      githubWebOrigin: "https://github.com",
      githubRawOrigin: "https://raw.githubusercontent.com",
      appOrigin: undefined,
      publicHost: undefined,
      installCommand: expect.stringMatching(/^brew install /),
      trustProxy: false,
      oauth: undefined,
      adminToken: undefined,
      orgToken: undefined,
      proxySecret: undefined,
      appId: undefined,
      webhookSecret: undefined,
      metricsToken: undefined,
    });
  });

  it("takes empty and blank values as unset, as wrangler.jsonc lists them", () => {
    const blank = Object.fromEntries(NAMES_IN_DESIGN.map((name, index) => [name, index % 2 === 0 ? "" : "  "]));
    expect(readConfig({ ...blank, ...LEAST })).toEqual(readConfig(LEAST));
  });

  it("takes every value, trimmed, in its own unit", () => {
    const config = readConfig({
      ALLOWED_GITHUB_ORG: " Acme ",
      DEFAULT_ALLOWED_OWNERS: "Acme, other\tthird",
      DEFAULT_LOGIN_POOL: "core",
      REQUEST_TIMEOUT_MS: "18000",
      PUBLIC_REPO_TTL_SECONDS: "900",
      GITHUB_API_ORIGIN: "http://127.0.0.1:4010/",
      APP_ORIGIN: "https://octopool.example",
      PUBLIC_HOST: "Install.Example",
      TRUST_PROXY: "1",
      GITHUB_OAUTH_CLIENT_ID: "id",
      GITHUB_OAUTH_CLIENT_SECRET: " secret\n",
      OCTOPOOL_GITHUB_APP_ID: "123",
    });
    expect(config).toMatchObject({
      allowedOrg: "acme",
      defaultAllowedOwners: ["acme", "other", "third"],
      defaultLoginPool: "core",
      requestTimeoutMs: 18_000,
      publicRepoTtlMs: 900_000,
      githubApiOrigin: "http://127.0.0.1:4010",
      appOrigin: "https://octopool.example",
      publicHost: "install.example",
      trustProxy: true,
      oauth: { clientId: "id", clientSecret: "secret", callbackOrigin: undefined },
      appId: "123",
    });
  });

  it("has no sign-in with half of the OAuth app", () => {
    expect(readConfig({ ...LEAST, GITHUB_OAUTH_CLIENT_ID: "id" }).oauth).toBeUndefined();
    expect(readConfig({ ...LEAST, GITHUB_OAUTH_CLIENT_SECRET: "s" }).oauth).toBeUndefined();
  });

  it("cannot be changed afterwards", () => {
    expect(Object.isFrozen(readConfig(LEAST))).toBe(true);
  });

  it.each([
    ["ALLOWED_GITHUB_ORG", undefined],
    ["ALLOWED_GITHUB_ORG", "acme/widget"],
    ["DEFAULT_ALLOWED_OWNERS", "acme,*"],
    ["DEFAULT_LOGIN_POOL", "a pool"],
    ["MAX_RESPONSE_BYTES", "2MiB"],
    ["MAX_RESPONSE_BYTES", "10"],
    ["MAX_LOG_BYTES", "-1"],
    ["REQUEST_TIMEOUT_MS", "18001"],
    ["REQUEST_TIMEOUT_MS", "0"],
    ["REQUEST_TIMEOUT_MS", "1e3"],
    ["ORG_VERIFY_TTL_SECONDS", "0"],
    ["PUBLIC_REPO_TTL_SECONDS", "0"],
    ["PUBLIC_REPO_NEGATIVE_TTL_SECONDS", "1.5"],
    ["CONFIG_TTL_SECONDS", "301"],
    ["GITHUB_API_ORIGIN", "api.github.com"],
    ["GITHUB_API_ORIGIN", "https://api.github.com/v3"],
    ["GITHUB_WEB_ORIGIN", "https://user:hunter2@github.com"],
    ["GITHUB_RAW_ORIGIN", "ftp://raw.example"],
    ["APP_ORIGIN", "https://octopool.example/?a"],
    ["APP_ORIGIN", "javascript:alert(1)"],
    ["PUBLIC_HOST", "https://install.example"],
    ["TRUST_PROXY", "yes"],
    ["OCTOPOOL_GITHUB_APP_ID", "Iv1.abc"],
    ["OCTOPOOL_ADMIN_TOKEN", 5],
    ["METRICS_TOKEN", { value: "hunter2" }],
  ])("names %s in one line where it is %j, without its content", (name, value) => {
    const error = refusalOf({ ...LEAST, [name]: value });
    expect(error.code).toBe("misconfigured");
    expect(error.details).toEqual({ name });
    expect(error.message).toMatch(new RegExp(`^${name} .+\\.$`));
    expect(error.message).not.toContain("hunter2");
  });

  it("names the malformed callback of an OAuth app", () => {
    const oauth = { GITHUB_OAUTH_CLIENT_ID: "id", GITHUB_OAUTH_CLIENT_SECRET: "s", GITHUB_OAUTH_CALLBACK_ORIGIN: "x" };
    expect(refusalOf({ ...LEAST, ...oauth }).details).toEqual({ name: "GITHUB_OAUTH_CALLBACK_ORIGIN" });
  });

  it("wants the public origin where a proxy is trusted", () => {
    expect(refusalOf({ ...LEAST, TRUST_PROXY: "1" }).details).toEqual({ name: "APP_ORIGIN" });
  });
});

describe("readSecret", () => {
  it("reads an identity's credential, trimmed", () => {
    expect(readSecret({ PAT_ALICE: " ghp_x\n" }, "PAT_ALICE")).toBe("ghp_x");
  });

  it.each([
    ["is not there", {}, "PAT_ALICE"],
    ["is empty", { PAT_ALICE: " " }, "PAT_ALICE"],
    ["is a binding", { KV_STORE: {} }, "KV_STORE"],
    ["is no secret's name", { pat_alice: "x" }, "pat_alice"],
    ["is inherited", {}, "constructor"],
    ["is too short a name", { AB: "x" }, "AB"],
  ])("is undefined where it %s", (_why, env, name) => {
    expect(readSecret(env, name)).toBeUndefined();
  });

  it.each(NAMES_IN_DESIGN)("never reads the service's own %s", (name) => {
    expect(RESERVED_NAMES.has(name)).toBe(true);
    expect(readSecret({ [name]: "ours" }, name)).toBeUndefined();
  });

  it("reserves every var and binding of wrangler.jsonc", () => {
    const text = readFileSync(join(import.meta.dirname, "../../wrangler.jsonc"), "utf8");
    const vars = [...text.matchAll(/^ {4}"([A-Z][A-Z0-9_]+)":/gm)].map((match) => match[1] ?? "");
    const bindings = [...text.matchAll(/"(?:binding|name)": "([A-Z][A-Z0-9_]+)"/g)].map((match) => match[1] ?? "");
    expect(vars).toContain("TRUST_PROXY");
    expect(bindings).toContain("POOL_COORDINATOR");
    expect([...vars, ...bindings].filter((name) => !RESERVED_NAMES.has(name))).toEqual([]);
  });
});

it.each([
  ["a public host without an app host", { PUBLIC_HOST: "get.acme.example" }, "APP_ORIGIN"],
  ["one host for both", { PUBLIC_HOST: "a.example", APP_ORIGIN: "https://a.example" }, "PUBLIC_HOST"],
  ["a trusted proxy without its origin", { TRUST_PROXY: "1" }, "APP_ORIGIN"],
])("readConfig names %s", (_what, env, name) => {
  expect(refusalOf({ ...LEAST, ...env }).details).toEqual({ name });
});
