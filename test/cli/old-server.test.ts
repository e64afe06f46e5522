/** A server that speaks only what published clients know: no raw mode, no header of ours, no standing. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discovery, startFakeRelay, type FakeRelay, type Heard, type Scripted } from "./support/fake-relay.ts";
import { aDesk, type Desk } from "./support/run-cli.ts";

let desk: Desk;
let server: FakeRelay;

const USAGE = { requests: 3, cache_hits: 2, cache_hit_rate: 0.5, avg_duration_ms: 8.4 };

function envelope({ body }: Heard): Scripted {
  const { path } = body as { path: string };
  const answer = path === "/user" ? { login: "alice" } : { path };
  const relay = {
    pool: "maintainers",
    request_id: "req_1",
    cacheable: true,
    cache: "miss",
    stale_ok: false,
    route_kind: "x",
  };
  return {
    body: { status: 200, headers: { "content-type": "application/json" }, body: answer, body_encoding: "json", relay },
  };
}

beforeEach(async () => {
  desk = aDesk();
  server = await startFakeRelay();
  server.on("GET /.well-known/octopool", discovery(server.url));
  const caller = {
    id: "c1",
    name: "alice",
    github_login: "alice",
    org_login: "acme",
    pool: "maintainers",
    client_name: "desk",
  };
  server.on("POST /v1/login/github-cli", { status: 201, body: { caller, token: "op_new" } });
  server.on("GET /v1/pools/maintainers/health", {
    body: { pool: "maintainers", identities_total: 2, identities_healthy: 2, policy_version: 1 },
  });
  server.on("GET /v1/pools/maintainers/stats?since=24h", {
    body: {
      pool: "maintainers",
      window: { label: "24h", seconds: 86_400 },
      operator: {},
      pool_usage: USAGE,
      caller_usage: USAGE,
      client_usage: USAGE,
      routes: [],
      clients: [],
      backends: [],
      fallback_reasons: [],
      cache: {},
    },
  });
  server.on("POST /v1/github/request", envelope);
});
afterEach(async () => {
  await server.close();
  desk.clear();
});

describe("the command line with a published server", () => {
  it.each([
    { words: ["whoami"], prints: "alice" },
    { words: ["health"], prints: "2" },
    { words: ["stats"], prints: "50.0%" },
    { words: ["api", "repos/o/r/pulls/1"], prints: '{"path":"/repos/o/r/pulls/1"}' },
    { words: ["request", "--path", "/repos/o/r"], prints: '"body_encoding":"json"' },
  ])("logs in, then $words.0 works", async ({ words, prints }) => {
    const login = await desk.run(["login", server.url], { env: { GH_TOKEN: "ghp_x" } });
    expect(login).toMatchObject({ code: 0, stderr: "" });
    expect(await desk.run(words)).toMatchObject({ code: 0, stdout: expect.stringContaining(prints) });
  });

  it("logs in again over the old login, and keeps one for each server", async () => {
    const other = await startFakeRelay();
    other.on("GET /.well-known/octopool", discovery(other.url));
    const caller = { pool: "maintainers", github_login: "alice", client_name: "desk" };
    other.on("POST /v1/login/github-cli", { status: 201, body: { caller, token: "op_other" } });
    const env = { GH_TOKEN: "ghp_x" };
    for (const url of [server.url, other.url, server.url]) await desk.run(["login", url], { env });
    await desk.run(["health"]);
    await desk.run(["health"], { env: { OCTOPOOL_URL: other.url } });
    const tokens = [server, other].map(
      ({ heard }) => heard.find(({ path }) => path.endsWith("/health"))?.headers.authorization,
    );
    expect(tokens).toEqual(["Bearer op_new", "Bearer op_other"]);
    await other.close();
  });
});
