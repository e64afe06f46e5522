/** Every bad input that the wire names for the relay's door, with its exact status, code and reason. */
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const DOOR = "/v1/github/request";
const VALID = { pool: POOL, method: "GET", path: "/repos/acme/widget/pulls/7" };

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.github.clearLog();
});

async function post(body: BodyInit, headers: Readonly<Record<string, string>> = {}) {
  const all = { "content-type": "application/json", authorization: `Bearer ${relay.callerToken}`, ...headers };
  const response = await relay.fetch(DOOR, { method: "POST", headers: all, body });
  const answer = (await response.json()) as {
    error: { code: string; message: string; request_id: string; details?: Record<string, string> };
  };
  return { response, answer, error: answer.error };
}

/** `400 code`, `400 code field` or `424 reason`: the whole refusal on one line. */
async function refusalOf(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const { response, error } = await post(JSON.stringify({ ...VALID, ...changes }));
  expect(error).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\.$/) });
  expect(error.request_id).toBe(response.headers.get("x-octopool-request-id"));
  expect(response.headers.get("cache-control")).toBe("no-store");
  if (error.code === "fallback_local") return `${response.status} ${error.details?.["reason"]}`;
  const field = error.details?.["field"];
  return `${response.status} ${error.code}${field === undefined ? "" : ` ${field}`}`;
}

/** Side by side: a row each in one test, since waiting for the audit flush is most of a test's time. */
async function refusalsOf(changes: readonly Readonly<Record<string, unknown>>[]): Promise<readonly string[]> {
  return Promise.all(changes.map(refusalOf));
}

describe("a path", () => {
  const INVALID = [
    "repos/acme/widget",
    "https://api.github.com/repos/acme/widget",
    "/repos/acme/widget://x",
    "/repos\\acme/widget",
    "/repos/acme/widget?x=1",
    "/repos/acme/widget#top",
    "//repos/acme/widget",
    "/repos//widget",
    "/repos/acme/widget//",
    "/repos/./widget",
    "/repos/acme/..",
    "/repos/acme/../../user",
    "/repos/acme/%2e%2E",
    "/repos/acme/%2e",
    "/repos/acme/widget/contents/%2e%2e/secret",
    "/repos/acme/widget/contents/a%2F..%2Fb",
    "/repos/acme/widget/contents/a%2F%2Fb",
    "/repos/acme/%",
    "/repos/acme/%2",
    "/repos/acme/%zz",
    "/repos/acme/%ff",
    "/repos/acme/%c0%ae",
    "/repos/acme/a%5Cb",
    "/repos/acme/a%00b",
    "/repos/acme/a%0Ab",
    "/repos/acme/a%7Fb",
    "/repos/acme/a\u0000b",
    "/repos/acme/a\nb",
    " /repos/acme/widget",
  ];
  it("of a wrong form is 400 invalid_path, whatever it would name", async () => {
    expect(await refusalsOf(INVALID.map((path) => ({ path })))).toEqual(INVALID.map(() => "400 invalid_path"));
    expect(await relay.github.log()).toEqual([]);
  });

  const DENIED = [
    "/",
    "/repos/acme/widget/",
    "/repos/acme/wid%2Fget",
    "/repos/acme/widget/pulls/7%2Ffiles",
    "/repos/{owner}/{repo}",
    "/repos/:owner/:repo",
    "/repos/acme/widget/branches/{branch}",
    "/repos/acme/widget/branches/%7Bbranch%7D",
    "/repos/acme/widget/contents/a/:owner",
    "/repos/acme/widget/pulls/007",
    "/repos/acme/widget/pulls/seven",
    "/repos/acme/widget/pulls/-7",
    "/repos/acme/wid get",
    "/repos/acme/widget/subscription",
    "/repositories/12x/issues",
    "/orgs/acme",
    "/user/repos",
    "/graphql",
    "/notifications",
    "/__proto__",
    "/constructor/prototype",
    "/repos/acme/widget/toString",
    "/users/no_such%20login",
    "/repos/acme/widget/compare/main..dev",
    `/repos/acme/widget/contents/${"x".repeat(9_000)}`,
  ];
  it("of the right form that the catalogue does not have is 424 route_denied", async () => {
    expect(await refusalsOf(DENIED.map((path) => ({ path })))).toEqual(DENIED.map(() => "424 route_denied"));
    expect(await relay.github.log()).toEqual([]);
  });
});

describe("a member of the body", () => {
  const ROWS = [
    { change: { pool: undefined }, says: "400 invalid_request pool" },
    { change: { pool: "" }, says: "400 invalid_request pool" },
    { change: { pool: 7 }, says: "400 invalid_request pool" },
    { change: { pool: "finance" }, says: "401 invalid_auth" },
    { change: { pool: "__proto__" }, says: "401 invalid_auth" },
    { change: { method: undefined }, says: "400 invalid_request method" },
    { change: { method: "" }, says: "400 invalid_request method" },
    { change: { method: ["GET"] }, says: "400 invalid_request method" },
    { change: { method: "POST" }, says: "403 method_denied" },
    { change: { method: "HEAD" }, says: "403 method_denied" },
    { change: { method: "get" }, says: "403 method_denied" },
    { change: { path: undefined }, says: "400 invalid_request path" },
    { change: { path: "" }, says: "400 invalid_request path" },
    { change: { path: null }, says: "400 invalid_request path" },
    { change: { path: {} }, says: "400 invalid_request path" },
    { change: { query: "per_page=1" }, says: "400 invalid_request query" },
    { change: { query: ["per_page"] }, says: "400 invalid_request query" },
    { change: { query: { per_page: 100 } }, says: "400 invalid_request query.per_page" },
    { change: { query: { per_page: null } }, says: "400 invalid_request query.per_page" },
    { change: { query: { labels: ["a", 1] } }, says: "400 invalid_request query.labels" },
    { change: { query: { labels: { a: "b" } } }, says: "400 invalid_request query.labels" },
    { change: { headers: "accept" }, says: "400 invalid_request headers" },
    { change: { headers: [] }, says: "400 invalid_request headers" },
    { change: { headers: { accept: 1 } }, says: "400 invalid_request headers.accept" },
    { change: { headers: { accept: ["a"] } }, says: "400 invalid_request headers.accept" },
  ];
  it("of the wrong shape is refused by name", async () => {
    const said = await refusalsOf(ROWS.map(({ change }) => change));
    expect(said.map((says, row) => ({ ...ROWS[row], says }))).toEqual(ROWS);
  });
});

describe("a query", () => {
  const SECRETS = "token secret password passwd api_key apikey access_key private_key Access_Token x-client-secret-y";
  it("whose key looks like a secret's is 400 invalid_query, whatever the row takes", async () => {
    const said = await refusalsOf(SECRETS.split(" ").map((key) => ({ query: { [key]: "hunter2" } })));
    expect(new Set(said)).toEqual(new Set(["400 invalid_query"]));
  });

  const ROWS: readonly { query: Readonly<Record<string, string | string[]>>; says: string }[] = [
    { query: { "labels[]": "a" }, says: "424 route_denied" },
    { query: { "a b": "a" }, says: "424 route_denied" },
    { query: { "": "a" }, says: "424 route_denied" },
    { query: { cachebuster: "1" }, says: "424 route_denied" },
    { query: { toString: "1" }, says: "424 route_denied" },
    { query: { state: "{owner}" }, says: "424 route_denied" },
    { query: { state: ":owner" }, says: "424 route_denied" },
    { query: { page: "0" }, says: "424 route_denied" },
    { query: { page: "-1" }, says: "424 route_denied" },
    { query: { per_page: ["1", "2"] }, says: "424 route_denied" },
    { query: { page: "100000" }, says: "424 pagination_exhausted" },
    { query: { state: "x".repeat(2_000) }, says: "424 route_denied" },
  ];
  it("that the row does not take is refused before GitHub is asked", async () => {
    const said = await refusalsOf(ROWS.map(({ query }) => ({ path: "/repos/acme/widget/pulls", query })));
    expect(said.map((says, row) => ({ ...ROWS[row], says }))).toEqual(ROWS);
    expect(await relay.github.log()).toEqual([]);
  });

  it("or a path with half of a surrogate pair is refused, since it has no UTF-8 form", async () => {
    const half = String.fromCharCode(0xd800);
    expect(await refusalOf({ path: `/repos/acme/${half}` })).toBe("400 invalid_path");
    expect(await refusalOf({ path: "/repos/acme/widget/pulls", query: { head: half } })).toBe("424 route_denied");
  });

  it("of an own __proto__ member is refused like any parameter that the row does not take", async () => {
    const { response, error } = await post(`{"pool":"${POOL}","method":"GET","path":"/repos/acme/widget/pulls",
      "query":{"__proto__":"x"},"headers":{"__proto__":"y","constructor":"z"},"__proto__":{"path":"/user"}}`);
    expect([response.status, error.details?.["reason"]]).toEqual([424, "route_denied"]);
  });
});

describe("a media type", () => {
  const NOT_TAKEN = [
    "text/html",
    "application/vnd.github.unheard-of",
    "application/vnd.github.sha",
    "application/vnd.github.diff, application/vnd.github.patch",
    "application/json;q=0",
    "image/*",
  ];
  it("that the row does not take is 424 route_denied", async () => {
    const said = await refusalsOf(NOT_TAKEN.map((accept) => ({ headers: { accept } })));
    expect(said).toEqual(NOT_TAKEN.map(() => "424 route_denied"));
  });

  it.each<Readonly<Record<string, string>>>([
    { accept: "application/vnd.github.v3+json; charset=utf-8" },
    { accept: "application/vnd.github.shadow-cat-preview+json" },
    { accept: "a".repeat(513) },
    { accept: "application/json\u00e9" },
    { authorization: "token x", cookie: "a=b", host: "evil.example", "x-forwarded-for": "1.1.1.1" },
    { "x-github-api-version": "tomorrow" },
    { "cache-control": "no-store, max-age=banana" },
  ])("and headers %j are served or dropped", async (headers) => {
    const { http, envelope } = await relay.ask(VALID.path, { headers });
    expect([http, envelope.status]).toEqual([200, 200]);
  });
});

describe("a body", () => {
  const padded = (bytes: number) => {
    const bare = JSON.stringify({ ...VALID, cache_key: "" });
    return JSON.stringify({ ...VALID, cache_key: "x".repeat(bytes - bare.length) });
  };

  it("of exactly 64 KiB is read, and one byte more is 413", async () => {
    expect((await relay.fetch(DOOR, { ...relay.init(VALID.path), body: padded(65_536) })).status).toBe(200);
    const { response, error } = await post(padded(65_537));
    expect([response.status, error.code]).toEqual([413, "request_too_large"]);
  });

  it("of unannounced length over 64 KiB is 413 too", async () => {
    const stream = new Blob([padded(70_000)]).stream();
    const { response, error } = await post(stream);
    expect([response.status, error.code]).toEqual([413, "request_too_large"]);
  });

  it.each([
    { name: "nothing", body: "" },
    { name: "a list", body: "[]" },
    { name: "null", body: "null" },
    { name: "a string", body: '"x"' },
    { name: "cut off", body: '{"pool":' },
    { name: "two values", body: "{}{}" },
    { name: "no UTF-8", body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
    { name: "60,000 brackets", body: "[".repeat(60_000) },
  ])("of $name is 400 invalid_json", async ({ body }) => {
    const { response, error } = await post(body);
    expect([response.status, error.code]).toEqual([400, "invalid_json"]);
  });

  it.each([
    { name: "a wrong byte", bytes: [0x7b, 0xff, 0x7d] },
    { name: "half a character", bytes: [0x22, 0xe2, 0x82] },
    { name: "half a byte order mark", bytes: [0xef, 0xbb] },
  ])("with $name does not spoil the next one's first character", async ({ bytes }) => {
    const valid = JSON.stringify(VALID);
    for (const body of [valid, `\ufeff${valid}`, `\ufeff${valid}`, valid]) {
      expect((await post(new Uint8Array(bytes))).error.code).toBe("invalid_json");
      expect((await relay.fetch(DOOR, { ...relay.init(VALID.path), body })).status).toBe(200);
    }
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data; boundary=a"])(
    "as %s is 415",
    async (type) => {
      const { response, error } = await post(JSON.stringify(VALID), { "content-type": type });
      expect([response.status, error.code]).toEqual([415, "unsupported_media_type"]);
    },
  );

  it.each(["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"])(
    "as %s is read",
    async (type) => {
      expect((await post(JSON.stringify(VALID), { "content-type": type })).response.status).toBe(200);
    },
  );
});

describe("a credential", () => {
  it.each([
    { authorization: "", code: "missing_auth" },
    { authorization: "Basic b3A6eA==", code: "missing_auth" },
    { authorization: "Bearer", code: "missing_auth" },
    { authorization: "token op_abcdefghijkl", code: "missing_auth" },
    { authorization: "Bearer op_thisTokenWasNeverIssued", code: "invalid_auth" },
    { authorization: "Bearer op_", code: "invalid_auth" },
    { authorization: `Bearer op_${"x".repeat(5_000)}`, code: "invalid_auth" },
    { authorization: "Bearer ghp_000000000000000000000000000000000000", code: "invalid_auth" },
    { authorization: "Bearer admin-token-for-tests-only", code: "invalid_auth" },
  ])("$authorization is 401 $code", async ({ authorization, code }) => {
    const { response, error } = await post(JSON.stringify(VALID), { authorization });
    expect([response.status, error.code]).toEqual([401, code]);
  });
});
