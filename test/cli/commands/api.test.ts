import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fallback, raw, refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk, type RunOptions } from "../support/run-cli.ts";

const RELAY = "POST /v1/github/request";

let desk: Desk;
let relay: FakeRelay;
beforeEach(async () => {
  desk = aDesk();
  relay = await startFakeRelay();
  await desk.saveLogin(relay.url);
});
afterEach(async () => {
  desk.clear();
  await relay.close();
});

const api = (words: readonly string[], options?: RunOptions) => desk.run(["api", ...words], options);
const asks = () => relay.heard.map(({ body }) => body);

describe.each([{ terminal: true }, { terminal: false }])("octopool api, terminal: $terminal", ({ terminal }) => {
  const end = terminal ? "\n" : "";

  it("prints GitHub's own bytes", async () => {
    relay.on(RELAY, raw('{"title": "caf\\u00e9",  "n": 1.0}'));
    const ran = await api(["repos/o/r/pulls/7"], { terminal });
    expect(ran).toEqual({ code: 0, stdout: `{"title": "caf\\u00e9",  "n": 1.0}${end}`, stderr: "", waits: [] });
    expect(relay.heard[0]).toMatchObject({
      headers: {
        accept: "application/vnd.octopool.raw",
        authorization: "Bearer op_saved",
        "content-type": "application/json",
      },
      body: { pool: "maintainers", method: "GET", path: "/repos/o/r/pulls/7" },
    });
  });

  it("adds no newline to a body that ends with one", async () => {
    relay.on(RELAY, raw("diff\n"));
    expect((await api(["x"], { terminal })).stdout).toBe("diff\n");
  });

  it("prints the body of an error and fails", async () => {
    relay.on(RELAY, raw('{"message":"Not Found"}', {}, 404));
    const ran = await api(["repos/o/r"], { terminal });
    expect(ran).toEqual({
      code: 1,
      stdout: `{"message":"Not Found"}${end}`,
      stderr: "octopool: GitHub answered 404\n",
      waits: [],
    });
  });

  it("explains a read that the relay does not serve, and who does", async () => {
    relay.on(RELAY, fallback("route_denied"));
    expect(await api(["repos/o/r/actions/secrets?per_page=5"], { terminal })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "octopool: Run it with your own gh. (fallback_local, route_denied)\n" +
        "octopool: next: gh api '/repos/o/r/actions/secrets?per_page=5' does it with your own GitHub login\n" +
        "octopool: request id: req_7\n",
      waits: [],
    });
  });
});

describe("the question octopool api asks", () => {
  it.each([
    { name: "a path with a slash", words: ["/repos/o/r"], ask: { path: "/repos/o/r" } },
    { name: "a whole URL of GitHub's API", words: ["https://api.github.com/repos/o/r"], ask: { path: "/repos/o/r" } },
    { name: "escapes as typed", words: ["repos/o/r/branches/a%2Fb"], ask: { path: "/repos/o/r/branches/a%2Fb" } },
    {
      name: "a query string in the path",
      words: ["x?a=1&b=two%20words"],
      ask: { path: "/x", query: { a: "1", b: "two words" } },
    },
    {
      name: "a repeated key as a list",
      words: ["x?l=a", "-q", "l=b", "-q", "q=c=d"],
      ask: { path: "/x", query: { l: ["a", "b"], q: "c=d" } },
    },
    {
      name: "headers",
      words: ["x", "-H", "Accept: text/plain", "-H", "x-a=b:c"],
      ask: { path: "/x", headers: { accept: "text/plain", "x-a": "b:c" } },
    },
    { name: "another pool", words: ["x", "--pool", "p2"], ask: { pool: "p2", path: "/x" } },
  ])("carries $name", async ({ words, ask }) => {
    relay.on(RELAY, raw("{}"));
    expect((await api(words)).code).toBe(0);
    expect(asks()).toEqual([{ pool: "maintainers", method: "GET", ...ask }]);
  });

  it.each([
    { env: { OCTOPOOL_FRESH: "1" }, words: [], headers: { "cache-control": "max-age=0" } },
    { env: { OCTOPOOL_MAX_AGE: "30" }, words: [], headers: { "cache-control": "max-age=30" } },
    {
      env: { OCTOPOOL_FRESH: "1" },
      words: ["-H", "cache-control: max-age=9"],
      headers: { "cache-control": "max-age=9" },
    },
  ])("bounds the age as $env and $words say", async ({ env, words, headers }) => {
    relay.on(RELAY, raw("{}"));
    await api(["x", ...words], { env });
    expect(asks()).toMatchObject([{ headers }]);
  });

  it.each([
    [["https://evil.example/x"]],
    [["x", "-q", "novalue"]],
    [["x", "-H", ": y"]],
    [["x", "--jq"]],
    [["x", "-q", ".title"]],
    [[]],
  ])("is wrong usage for %j", async (words) => {
    expect((await api(words)).code).toBe(2);
    expect(relay.heard).toEqual([]);
  });

  it("is wrong usage where a variable holds no number", async () => {
    expect((await api(["x"], { env: { OCTOPOOL_MAX_AGE: "soon" } })).code).toBe(2);
  });
});

describe("octopool api against a server without raw mode", () => {
  it.each([
    { name: "JSON", body: { a: 1 }, body_encoding: "json", prints: '{"a":1}' },
    { name: "text", body: "diff --git\n", body_encoding: "text", prints: "diff --git\n" },
    { name: "bytes", body: Buffer.from("bytes").toString("base64"), body_encoding: "base64", prints: "bytes" },
    { name: "nothing", body: null, body_encoding: "text", prints: "" },
  ])("unwraps $name", async ({ body, body_encoding, prints }) => {
    relay.on(RELAY, { body: { status: 200, headers: {}, body, body_encoding, relay: { cache: "miss" } } });
    expect(await api(["x"])).toMatchObject({ code: 0, stdout: prints, stderr: "" });
  });

  it("sees the status and the cache facts inside", async () => {
    const facts = {
      cache: "hit",
      route_kind: "pr_view",
      cache_created_at: "2026-03-01T11:59:48Z",
      cache_expires_at: "2026-03-01T12:00:48Z",
    };
    relay.on(RELAY, { body: { status: 404, headers: {}, body: {}, body_encoding: "json", relay: facts } });
    const { code, stderr } = await api(["x"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "octopool: from the cache, 12 s old, refreshes in 48 s (OCTOPOOL_FRESH=1 for a live read)\n",
    );
    expect(stderr).toContain("octopool: GitHub answered 404\n");
  });

  it("does not take any JSON for an envelope", async () => {
    relay.on(RELAY, { body: { hello: "world" } });
    expect(await api(["x"])).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("passing refusals", () => {
  it.each([
    "identities_cooling_down",
    "identity_pool_depleted",
    "github_identity_depleted",
    "github_rate_limited",
    "relay_overloaded",
  ])("asks again after 1 s and 3 s for %s", async (reason) => {
    relay.on(RELAY, [fallback(reason), fallback(reason), raw("{}")]);
    const { code, stdout, waits } = await api(["x"]);
    expect({ code, stdout, waits }).toEqual({ code: 0, stdout: "{}", waits: [1000, 3000] });
  });

  it.each([
    { name: "a failure of the server", answer: refusal(500, "internal_error"), waits: [1000, 3000] },
    { name: "a gateway without a readable error", answer: { status: 502, body: "<html>" }, waits: [1000, 3000] },
    { name: "a lasting reason", answer: fallback("repo_not_public"), waits: [] },
    { name: "a fallback without a reason", answer: refusal(424, "fallback_local"), waits: [] },
    { name: "another refusal", answer: refusal(400, "invalid_path"), waits: [] },
  ])("waits $waits for $name and then fails", async ({ answer, waits }) => {
    relay.on(RELAY, answer);
    const ran = await api(["x"]);
    expect(ran).toMatchObject({ code: 1, stdout: "", waits });
    expect(relay.heard).toHaveLength(waits.length + 1);
  });

  it.each([
    { retries: "0", waits: [] },
    { retries: "3", waits: [1000, 3000, 3000] },
    { retries: "999", waits: [1000, ...Array.from({ length: 9 }, () => 3000)] },
  ])("repeats $retries times on request", async ({ retries, waits }) => {
    relay.on(RELAY, fallback("relay_overloaded"));
    expect((await api(["x"], { env: { OCTOPOOL_RELAY_RETRIES: retries } })).waits).toEqual(waits);
  });
});

describe("a refused caller", () => {
  it.each([
    { answer: refusal(401, "invalid_auth"), next: (url: string) => `octopool login ${url}` },
    {
      answer: refusal(401, "invalid_auth", { details: { reason: "org_denied" } }),
      next: () => "ask your operator about your organization membership",
    },
  ])("ends with 4", async ({ answer, next }) => {
    relay.on(RELAY, answer);
    const { code, stderr } = await api(["x"]);
    expect(code).toBe(4);
    expect(stderr).toContain(`octopool: next: ${next(relay.url)}\n`);
  });

  it("sends the saved token to no other server", async () => {
    const other = await startFakeRelay();
    const { code } = await api(["x"], { env: { OCTOPOOL_URL: other.url } });
    expect({ code, heard: other.heard }).toEqual({ code: 4, heard: [] });
    other.on(RELAY, raw("{}"));
    expect((await api(["x"], { env: { OCTOPOOL_URL: other.url, OCTOPOOL_TOKEN: "op_env" } })).code).toBe(0);
    expect(other.heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer op_env"]);
    await other.close();
  });

  it("is told when the server cannot be reached", async () => {
    await relay.close();
    const { code, stderr } = await api(["x"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`octopool: The server at ${relay.url} could not be reached (ECONNREFUSED).\n`);
  });
});
