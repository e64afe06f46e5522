import { beforeEach, describe, expect, it } from "vitest";
import { tokenOf } from "../../github/client.ts";
import { countRows } from "../store/rows.ts";
import { POOL, TestRelay } from "../support/relay.ts";

interface Answer {
  readonly status: number;
  readonly token?: string;
  readonly caller?: Record<string, string>;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: Record<string, string> };
}

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

async function login(changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const body = { github_token: tokenOf("alice"), pool: POOL, client_name: "laptop", ...changes };
  const response = await relay.post("/v1/login/github-cli", body);
  return { ...((await response.json()) as object), status: response.status };
}

describe("a login from the command line", () => {
  it("gives a caller token once and stores its hash only", async () => {
    const { status, token, caller } = await login();
    expect({ status, caller }).toMatchObject({
      status: 201,
      caller: { id: "gh_101", github_login: "alice", pool: POOL },
    });
    expect(await countRows("caller_tokens", `token_hash = '${token}'`)).toBe(0);
    const health = await relay.fetch(`/v1/pools/${POOL}/health`, { headers: { authorization: `Bearer ${token}` } });
    expect(health.status).toBe(200);
  });

  it("ends the client's earlier token at once in the isolate that saw it", async () => {
    const first = await login();
    const health = () =>
      relay.fetch(`/v1/pools/${POOL}/health`, { headers: { authorization: `Bearer ${first.token}` } });
    expect((await health()).status).toBe(200);
    await login();
    expect((await health()).status).toBe(401);
  });

  it.each([
    {
      name: "somebody outside the organization",
      change: { github_token: tokenOf("mallory") },
      code: "org_member_denied",
      status: 403,
    },
    { name: "another pool", change: { pool: "finance" }, code: "pool_denied", status: 403 },
    {
      name: "text that cannot be a token",
      change: { github_token: "hunter2" },
      code: "github_auth_failed",
      status: 401,
    },
    {
      name: "a token GitHub does not know",
      change: { github_token: tokenOf("nobody") },
      code: "github_auth_failed",
      status: 401,
    },
    { name: "no token", change: { github_token: undefined }, code: "invalid_request", status: 400 },
    {
      name: "a client name over 80 characters",
      change: { client_name: "x".repeat(81) },
      code: "invalid_request",
      status: 400,
    },
  ])("is refused for $name, and stores nothing", async ({ change, code, status }) => {
    expect(await login(change)).toMatchObject({ status, error: { code } });
    expect(await countRows("callers")).toBe(0);
  });

  it("does not ask GitHub about what cannot be a token or about another pool", async () => {
    await login({ github_token: "hunter2" });
    await login({ pool: "finance" });
    expect(await relay.github.log()).toEqual([]);
  });

  it.each([
    { name: "an answer without the organizations", body: { data: { user: null } }, code: "org_verification_failed" },
    {
      name: "an answer with errors",
      body: {
        errors: [{ type: "SOMETHING" }],
        data: { user: { organizations: { nodes: [{ login: "acme-inc" }], pageInfo: { hasNextPage: false } } } },
      },
      code: "org_verification_failed",
    },
    {
      name: "an answer about another user",
      body: {
        data: {
          user: {
            databaseId: 999,
            organizations: { nodes: [{ login: "acme-inc" }], pageInfo: { hasNextPage: false } },
          },
        },
      },
      code: "org_verification_failed",
    },
    {
      name: "a list with a hidden organization",
      body: { data: { user: { organizations: { nodes: [null], pageInfo: { hasNextPage: false } } } } },
      code: "org_verification_failed",
    },
    {
      name: "a next page without a cursor",
      body: { data: { user: { organizations: { nodes: [], pageInfo: { hasNextPage: true, endCursor: null } } } } },
      code: "org_verification_failed",
    },
    {
      name: "a complete list without it",
      body: { data: { user: { organizations: { nodes: [{ login: "other" }], pageInfo: { hasNextPage: false } } } } },
      code: "org_member_denied",
    },
  ])("after $name is $code", async ({ body, code }) => {
    await relay.github.script([{ path: "/graphql", method: "POST", body }]);
    expect((await login()).error?.code).toBe(code);
  });

  it.each([
    {
      name: "a 502",
      script: { path: "/graphql", method: "POST", status: 502, body_text: "oops" },
      code: "org_verification_failed",
    },
    {
      name: "a 502 at GET /user",
      script: { path: "/user", status: 502, body_text: "oops" },
      code: "org_verification_failed",
    },
    {
      name: "a user without a number",
      script: { path: "/user", body: { login: "alice" } },
      code: "org_verification_failed",
    },
  ])("after $name is $code", async ({ script, code }) => {
    await relay.github.script([script]);
    expect((await login()).error?.code).toBe(code);
  });

  it("finds the organization on a later page", async () => {
    const page = (logins: readonly string[], next: string | null) => ({
      data: {
        user: {
          databaseId: 101,
          organizations: {
            nodes: logins.map((name) => ({ login: name })),
            pageInfo: { hasNextPage: next !== null, endCursor: next },
          },
        },
      },
    });
    await relay.github.script([
      { path: "/graphql", method: "POST", body: page(["one", "two"], "cursor"), times: 1 },
      { path: "/graphql", method: "POST", body: page(["Acme-Inc"], null), times: 1 },
    ]);
    expect((await login()).status).toBe(201);
  });

  it("says rate limit only where that is the cause", async () => {
    const refused = (status: number, headers: Record<string, string>) => ({
      path: "/user",
      status,
      headers,
      body: { message: "no" },
      times: 1,
    });
    await relay.github.script([
      refused(403, { "x-ratelimit-remaining": "0", "x-ratelimit-resource": "core" }),
      refused(401, {}),
      refused(429, { "retry-after": "60" }),
    ]);
    const [limited, bad, throttled] = [await login(), await login(), await login()];
    expect(limited.error).toMatchObject({
      message: expect.stringContaining("rate limit"),
      details: { github_rate_limit_remaining: "0", github_rate_limit_resource: "core" },
    });
    expect(bad.error?.message).not.toMatch(/rate limit|\d{3}/i);
    expect(bad.error).not.toHaveProperty("details");
    expect(throttled.error?.details).toMatchObject({ github_retry_after: "60" });
  });

  it("does not reopen a pool that an operator closed to the caller", async () => {
    await login();
    await relay.db.$client.prepare("UPDATE callers SET disabled_at = 1").run();
    expect((await login()).error?.code).toBe("pool_denied");
  });

  it("waits after ten attempts in a minute from one address", async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await login({ github_token: "hunter2" });
    expect(await login()).toMatchObject({ status: 429, error: { code: "rate_limited" } });
    relay.later(61_000);
    expect((await login()).status).toBe(201);
  });
});

describe("a body", () => {
  const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
    relay.fetch("/v1/login/github-cli", { method: "POST", headers, body });
  it.each([
    {
      name: "of another media type",
      body: "{}",
      headers: { "content-type": "text/plain" },
      status: 415,
      code: "unsupported_media_type",
    },
    { name: "that is no JSON", body: "{", headers: undefined, status: 400, code: "invalid_json" },
    { name: "that is a list", body: "[]", headers: undefined, status: 400, code: "invalid_json" },
    {
      name: "over 64 KiB",
      body: JSON.stringify({ x: "y".repeat(70_000) }),
      headers: undefined,
      status: 413,
      code: "request_too_large",
    },
    {
      name: "with a field of the wrong type",
      body: '{"github_token":7}',
      headers: undefined,
      status: 400,
      code: "invalid_request",
    },
  ])("$name is $code", async ({ body, headers, status, code }) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});
