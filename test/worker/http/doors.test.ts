/** Paths, methods, media types and settings on every door, and what the doors say of them. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ADMIN_TOKEN, POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

interface Refusal {
  readonly error: { code: string; message: string; request_id: string; details?: Record<string, string> };
}

async function ask(method: string, path: string, init: { headers?: Record<string, string>; body?: string } = {}) {
  const response = await relay.fetch(path, { method, ...init });
  const text = await response.text();
  const body = (text === "" ? {} : JSON.parse(text)) as Partial<Refusal>;
  return { response, status: response.status, error: body.error };
}

const DOORS = [
  { path: "/v1/github/request", allow: "POST" },
  { path: "/", allow: "GET, HEAD" },
  { path: "/.well-known/octopool", allow: "GET, HEAD" },
  { path: "/openapi.json", allow: "GET, HEAD" },
  { path: "/v1/login/github-cli", allow: "POST" },
  { path: `/v1/pools/${POOL}/health`, allow: "GET, HEAD" },
  { path: `/v1/pools/${POOL}/stats`, allow: "GET, HEAD" },
  { path: "/v1/admin/callers", allow: "POST" },
  { path: "/v1/admin/operators", allow: "POST" },
  { path: `/v1/admin/pools/${POOL}`, allow: "GET, HEAD, PUT" },
  { path: `/v1/admin/pools/${POOL}/identities`, allow: "POST" },
];
const POSTS = DOORS.filter(({ allow }) => allow === "POST");

describe("a method that a door does not take", () => {
  it.each(DOORS)("at $path is 405, with Allow: $allow", async ({ path, allow }) => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      if (allow.split(", ").includes(method)) continue;
      const { response, error } = await ask(method, path);
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, allow]);
      expect(error?.code).toBe("method_not_allowed");
      expect(response.headers.get("x-octopool-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe("a path with no door", () => {
  it.each([
    "/v1",
    "/v1/",
    "/v2/github/request",
    "/v1/github/request/",
    "/v1/github/request/x",
    "/v1/pools",
    "/v1/pools//health",
    `/v1/pools/${POOL}/health/x`,
    "/V1/github/request",
    "/.well-known/other",
    "/favicon.ico",
    "/%00",
    "/%E0%A4%A",
    "/__proto__",
    "/.git/config",
  ])("%s is 404 not_found for every method", async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { response, error } = await ask(method, path);
      expect([response.status, error?.code]).toEqual([404, "not_found"]);
      expect(error?.request_id).toBe(response.headers.get("x-octopool-request-id"));
    }
  });
});

describe("HEAD", () => {
  it.each(["/", "/.well-known/octopool", "/openapi.json"])("of %s has GET's status and no body", async (path) => {
    const response = await relay.fetch(path, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("x-octopool-request-id")).not.toBeNull();
  });
});

describe("a body at a door of JSON", () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const doors = [...POSTS.map(({ path }) => ["POST", path] as const), ["PUT", `/v1/admin/pools/${POOL}`] as const];

  it.each(doors)("%s %s is 415, 400 or 413 by what is wrong with it", async (method, path) => {
    const type = { "content-type": "application/json" };
    const big = JSON.stringify({ x: "y".repeat(65_536) });
    for (const [body, more, status, code] of [
      ["{}", {}, 415, "unsupported_media_type"],
      ["{}", { "content-type": "text/json" }, 415, "unsupported_media_type"],
      ["{", type, 400, "invalid_json"],
      ["[]", type, 400, "invalid_json"],
      [big, type, 413, "request_too_large"],
      ["{}", type, 400, "invalid_request"],
    ] as const) {
      const answer = await ask(method, path, { headers: { ...headers, ...more }, body });
      expect([body.slice(0, 3), answer.status, answer.error?.code]).toEqual([body.slice(0, 3), status, code]);
    }
  });
});

describe("a setting that cannot be read", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    { name: "ALLOWED_GITHUB_ORG", value: null },
    { name: "ALLOWED_GITHUB_ORG", value: "not a login" },
    { name: "DEFAULT_ALLOWED_OWNERS", value: "a/b" },
    { name: "DEFAULT_LOGIN_POOL", value: "a b" },
    { name: "MAX_RESPONSE_BYTES", value: "2 MiB" },
    { name: "MAX_LOG_BYTES", value: "-17" },
    { name: "REQUEST_TIMEOUT_MS", value: "18001" },
    { name: "ORG_VERIFY_TTL_SECONDS", value: "soon" },
    { name: "PUBLIC_REPO_TTL_SECONDS", value: "86401" },
    { name: "PUBLIC_REPO_NEGATIVE_TTL_SECONDS", value: "1.5" },
    { name: "CONFIG_TTL_SECONDS", value: "301" },
    { name: "GITHUB_API_ORIGIN", value: "https://api.github.com/v3" },
    { name: "GITHUB_WEB_ORIGIN", value: "ftp://github.com" },
    { name: "GITHUB_RAW_ORIGIN", value: "raw" },
    { name: "APP_ORIGIN", value: "octopool.example" },
    { name: "PUBLIC_HOST", value: "https://x" },
    { name: "TRUST_PROXY", value: "yes" },
    { name: "OCTOPOOL_GITHUB_APP_ID", value: "my-app" },
  ])("$name = $value is misconfigured, and named, on every door", async ({ name, value }) => {
    relay.setVars({ [name]: value });
    for (const { path, allow } of DOORS) {
      const { response, error } = await ask(allow.startsWith("GET") ? "GET" : "POST", path);
      const isRelay = path === "/v1/github/request";
      expect([path, response.status, error?.code]).toEqual([
        path,
        isRelay ? 424 : 503,
        isRelay ? "fallback_local" : "misconfigured",
      ]);
      expect(error?.details).toEqual({ name, ...(isRelay ? { reason: "misconfigured" } : {}) });
      expect(error?.message).toContain(name);
      expect(error?.request_id).toBe(response.headers.get("x-octopool-request-id"));
      expect(error?.message).not.toContain(value ?? "null");
    }
  });

  it("is APP_ORIGIN where TRUST_PROXY needs it", async () => {
    relay.setVars({ TRUST_PROXY: "1" });
    expect((await ask("GET", "/")).error?.details).toEqual({ name: "APP_ORIGIN" });
  });
});

describe("the admin doors without an admin token", () => {
  it.each(DOORS.filter(({ path }) => path.startsWith("/v1/admin")))(
    "are closed at $path: 503 admin_unconfigured",
    async ({ path, allow }) => {
      relay.setVars({ OCTOPOOL_ADMIN_TOKEN: "" });
      const headers = { authorization: "Bearer ", "content-type": "application/json" };
      const answer = await ask(allow === "POST" ? "POST" : "GET", path, { headers });
      expect([answer.status, answer.error?.code]).toEqual([503, "admin_unconfigured"]);
    },
  );
});

describe("a window of stats", () => {
  it.each(["0m", "31d", "721h", "43201m", "24", "h", "1.5h", "-1h", "1w", "24H", "1h ", "99999999m", "٣h"])(
    "of %s is 400 invalid_window",
    async (since) => {
      await relay.seed({ identities: [] });
      const headers = { authorization: `Bearer ${relay.callerToken}` };
      const answer = await ask("GET", `/v1/pools/${POOL}/stats?since=${encodeURIComponent(since)}`, { headers });
      expect([answer.status, answer.error?.code]).toEqual([400, "invalid_window"]);
    },
  );

  it.each(["health", "stats"])("or a pool's %s needs a caller's token", async (door) => {
    const path = `/v1/pools/${POOL}/${door}`;
    expect(await ask("GET", path)).toMatchObject({ status: 401, error: { code: "missing_auth" } });
    const admin = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
    expect(await ask("GET", path, admin)).toMatchObject({ status: 401, error: { code: "invalid_auth" } });
  });
});

describe("an admin body", () => {
  const identity = { id: "pat_x", kind: "pat", login: "alice", secret_ref: "PAT_ALICE", scopes: [] };
  const caller = { pool: POOL, github_login: "bob" };
  const operator = { ...caller, role: "admin" };
  const policy = {
    allowed_owners: ["acme"],
    allow_public_repos: true,
    allow_search: false,
    allow_logs: true,
    max_concurrent_per_caller: 16,
    fills_per_hour_per_caller: 600,
    negative_proofs_per_hour_per_caller: 60,
  };
  const identities = `/v1/admin/pools/${POOL}/identities`;
  const bad = (field: string) => ({ status: 400, code: "invalid_request", field });

  const IDENTITY_ROWS: readonly (readonly [Record<string, unknown>, object])[] = [
    ...[undefined, "", 7, "a b", "a/b", "x".repeat(65)].map((id) => [{ id }, bad("id")] as const),
    ...[undefined, "", 7, "a b"].map((login) => [{ login }, bad("login")] as const),
    ...[undefined, "", 7, "pat_alice", "P", "PA", "1PAT", "PAT-A", "_PAT", "PAT\n"].map(
      (ref) => [{ secret_ref: ref }, bad("secret_ref")] as const,
    ),
    [{ secret_ref: "DB" }, { status: 400 }],
    ...["ASSETS", "POOL_COORDINATOR", "METRICS_TOKEN", "OCTOPOOL_GITHUB_ORG_TOKEN", "UPSTREAM_ORIGIN"].map(
      (ref) => [{ secret_ref: ref }, { status: 400, code: "secret_ref_reserved" }] as const,
    ),
    ...["oauth", "PAT", "", "__proto__"].map(
      (kind) => [{ kind }, { status: 400, code: "identity_kind_unsupported" }] as const,
    ),
    [{ kind: 7 }, bad("kind")],
    ...[undefined, null, 0, -1].map(
      (id) =>
        [
          { kind: "github_app", installation_id: id },
          { status: 400, code: "installation_id_required" },
        ] as const,
    ),
    ...["7", 1.5, 1e300, {}].map((id) => [{ installation_id: id }, bad("installation_id")] as const),
    ...[0, -1, 1.5, "5", null, 10_001].map((weight) => [{ weight }, bad("weight")] as const),
    ...["true", 1, null].map((value) => [{ public_only: value }, bad("public_only")] as const),
    ...[undefined, null, "*", {}].map((scopes) => [{ scopes }, bad("scopes")] as const),
    [{ scopes: ["acme"] }, bad("scopes.0")],
    [{ scopes: [{ owner: "a/b" }] }, bad("scopes.0.owner")],
    [{ scopes: [{ owner: "*", repo: "x" }] }, bad("scopes.0.owner")],
    [{ scopes: [{ owner: "acme" }, { owner: "acme", repo: "a/b" }] }, bad("scopes.1.repo")],
    [{ scopes: [{ owner: "acme", allow_private: "yes" }] }, bad("scopes.0.allow_private")],
  ];
  const POLICY_ROWS: readonly (readonly [Record<string, unknown>, string])[] = [
    ...Object.keys(policy).map((name) => [{ [name]: undefined }, name] as const),
    ...Object.keys(policy).map((name) => [{ [name]: "yes" }, name] as const),
    [{ allowed_owners: ["a/b"] }, "allowed_owners.0"],
    [{ max_concurrent_per_caller: 0 }, "max_concurrent_per_caller"],
    [{ fills_per_hour_per_caller: 1.5 }, "fills_per_hour_per_caller"],
    [{ negative_proofs_per_hour_per_caller: -1 }, "negative_proofs_per_hour_per_caller"],
    [{ allow_everything: true }, "allow_everything"],
    [{ constructor: 1 }, "constructor"],
  ];
  const CALLER_ROWS = [
    ...[undefined, "", 7, "a b", "x".repeat(65)].map((pool) => [{ pool }, "pool"] as const),
    ...[undefined, "", 7, "-bob", "a/../b", "bob?x"].map((login) => [{ github_login: login }, "github_login"] as const),
  ];

  async function send(method: string, path: string, body: unknown) {
    const response = await relay.admin(method, path, body);
    const { error } = (await response.json()) as Partial<Refusal>;
    return { status: response.status, code: error?.code, field: error?.details?.["field"] };
  }

  it("of an identity is refused field by field", async () => {
    for (const [change, says] of IDENTITY_ROWS) {
      expect({ change, ...(await send("POST", identities, { ...identity, ...change })) }).toMatchObject({
        change,
        ...says,
      });
    }
  });

  it("of a policy is refused member by member", async () => {
    for (const [change, field] of POLICY_ROWS) {
      const answer = await send("PUT", `/v1/admin/pools/${POOL}`, { policy: { ...policy, ...change } });
      expect({ change, ...answer }).toEqual({ change, status: 400, code: "invalid_policy", field });
    }
    for (const given of [undefined, null, "x", []]) {
      expect(await send("PUT", `/v1/admin/pools/${POOL}`, { policy: given })).toEqual(bad("policy"));
    }
  });

  it("of a policy with an own __proto__ member keeps nothing of it", async () => {
    const body = JSON.stringify({ policy }).replace('"allow_logs"', '"__proto__":{"allow_search":true},"allow_logs"');
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };
    await ask("PUT", `/v1/admin/pools/${POOL}`, { headers, body });
    expect(await (await relay.admin("GET", `/v1/admin/pools/${POOL}`)).json()).toMatchObject({ policy });
  });

  it("of a caller or an operator is refused field by field", async () => {
    for (const [change, field] of CALLER_ROWS) {
      expect(await send("POST", "/v1/admin/callers", { ...caller, ...change })).toEqual(bad(field));
      expect(await send("POST", "/v1/admin/operators", { ...operator, ...change })).toEqual(bad(field));
    }
    expect(await send("POST", "/v1/admin/callers", { ...caller, name: "" })).toEqual(bad("name"));
    expect(await send("POST", "/v1/admin/callers", { ...caller, name: 7 })).toEqual(bad("name"));
    for (const role of [undefined, "", "root", 7]) {
      expect(await send("POST", "/v1/admin/operators", { ...operator, role })).toEqual(bad("role"));
    }
    expect(await relay.github.log()).toEqual([]);
  });

  it("of an identity of another pool or kind is 409 identity_conflict", async () => {
    await relay.addIdentity("pat_x", { login: "alice", secret_ref: "PAT_ALICE" });
    const conflict = { status: 409, code: "identity_conflict" };
    expect(await send("POST", "/v1/admin/pools/other/identities", identity)).toMatchObject(conflict);
    const app = { ...identity, kind: "github_app", installation_id: 7 };
    expect(await send("POST", identities, app)).toMatchObject(conflict);
    expect((await send("POST", identities, identity)).status).toBe(201);
  });
});
