/** Paths, methods, media types and settings on every door, and what the doors say of them. */
import { beforeEach, describe, expect, it } from "vitest";
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
      if (method !== "HEAD") expect(error?.code).toBe("method_not_allowed");
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
  it.each([
    { name: "ALLOWED_GITHUB_ORG", value: null },
    { name: "ALLOWED_GITHUB_ORG", value: "not a login" },
    { name: "DEFAULT_ALLOWED_OWNERS", value: "a/b" },
    { name: "DEFAULT_LOGIN_POOL", value: "a b" },
    { name: "MAX_RESPONSE_BYTES", value: "2 MiB" },
    { name: "MAX_LOG_BYTES", value: "-1" },
    { name: "REQUEST_TIMEOUT_MS", value: "18001" },
    { name: "ORG_VERIFY_TTL_SECONDS", value: "soon" },
    { name: "PUBLIC_REPO_TTL_SECONDS", value: "0" },
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
      if (value !== null) expect(JSON.stringify(error)).not.toContain(value);
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
