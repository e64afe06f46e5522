import { describe, expect, it } from "vitest";
import {
  callerSchema,
  GITHUB_TOKEN,
  identitySchema,
  loginSchema,
  purgeSchema,
  toClientName,
} from "../../shared/wire.ts";

describe("a client name", () => {
  it.each([
    { given: undefined, name: "legacy" },
    { given: "", name: "legacy" },
    { given: ".local", name: "legacy" },
    { given: "alice-laptop", name: "alice-laptop" },
    { given: "studio.local", name: "studio" },
    { given: "a.local.local", name: "a.local" },
    { given: "local", name: "local" },
    { given: "Alice's laptop", name: "Alice-s-laptop" },
    { given: "büro 🐙", name: "b-ro--" },
    { given: "x".repeat(80), name: "x".repeat(80) },
    { given: `${"x".repeat(80)}.local`, name: "x".repeat(80) },
    { given: "x".repeat(81), name: undefined },
  ])("given as $given becomes $name", ({ given, name }) => {
    expect(toClientName(given)).toBe(name);
  });
});

describe("text that could be a GitHub token", () => {
  it.each([
    `ghp_${"a".repeat(36)}`,
    `gho_${"A1".repeat(40)}`,
    `ghs_${"0".repeat(36)}`,
    `github_pat_${"a_B1".repeat(20)}`,
    "0123456789abcdef".repeat(3).slice(0, 40),
  ])("is %s", (token) => expect(GITHUB_TOKEN.test(token)).toBe(true));
  it.each([
    "hunter2",
    "",
    `ghp_${"a".repeat(35)}`,
    `ghx_${"a".repeat(36)}`,
    `ghp_${"a".repeat(36)}\n`,
    `op_${"a".repeat(43)}`,
    "g".repeat(40),
    `ghp_${"a".repeat(300)}`,
  ])("is not %j", (token) => expect(GITHUB_TOKEN.test(token)).toBe(false));
});

describe("bodies", () => {
  const identity = { id: "pat_alice", login: "alice", secret_ref: "PAT_ALICE", scopes: [] };

  it("lose members that nobody knows", () => {
    expect(loginSchema.parse({ github_token: "x", extra: 1 })).toEqual({ github_token: "x" });
  });

  it("of an identity without a kind are a PAT's", () => {
    expect(identitySchema.parse(identity).kind).toBe("pat");
  });

  it.each([
    { name: "an id with a slash", change: { id: "a/b" } },
    { name: "a secret that is no secret's name", change: { secret_ref: "pat-alice" } },
    { name: "a secret of two letters", change: { secret_ref: "AB" } },
    { name: "a weight of nothing", change: { weight: 0 } },
    { name: "an installation in text", change: { installation_id: "42" } },
    { name: "a repository of every owner", change: { scopes: [{ owner: "*", repo: "widget" }] } },
    { name: "an owner with a slash", change: { scopes: [{ owner: "acme/widget" }] } },
    { name: "no scopes at all", change: { scopes: undefined } },
  ])("of an identity with $name are refused", ({ change }) => {
    expect(identitySchema.safeParse({ ...identity, ...change }).success).toBe(false);
  });

  it.each(["", "-alice", "alice-", "a/b", "../x", "alice?x=1"])("of a caller named %j are refused", (login) => {
    expect(callerSchema.safeParse({ pool: "maintainers", github_login: login }).success).toBe(false);
  });

  it("of a purge name a repository by owner and name", () => {
    expect(purgeSchema.safeParse({ repo: "acme/widget" }).success).toBe(true);
    expect(purgeSchema.safeParse({ repo: "acme" }).success).toBe(false);
  });
});
