import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, startFakeRelay, type FakeRelay } from "../support/fake-relay.ts";
import { aDesk, type Desk } from "../support/run-cli.ts";

const STATS = "GET /v1/pools/maintainers/stats?since=24h";
const usage = (requests: number) => ({
  requests,
  errors: 1,
  service_errors: 0,
  fallbacks: 2,
  avg_duration_ms: 12.6,
  cache_hits: 6,
  cache_stale: 1,
  cache_misses: 2,
  cache_bypass: 0,
  cache_unknown: 0,
  cacheable_requests: 9,
  eligible_cache_requests: 8,
  cache_hit_rate: 0.6,
  cacheable_hit_rate: 0.6667,
  eligible_cache_hit_rate: null,
  bypass_rate: 0,
  coalesced: 0,
  saved_github_requests: 7,
  backend_requests: 2,
});
const seen = { latest_seen_at: "2026-03-01T11:00:00Z" };
const report = {
  generated_at: "2026-03-01T12:00:00Z",
  pool: "maintainers",
  window: { label: "24h", seconds: 86400 },
  operator: { github_login: "alice", client_name: "desk" },
  pool_usage: usage(10),
  caller_usage: usage(5),
  client_usage: usage(3),
  routes: [{ ...usage(10), ...seen, route_kind: "pr_view" }],
  caller_routes: [],
  client_routes: [],
  clients: [{ ...usage(3), ...seen, client_name: "desk" }],
  backends: [
    {
      ...seen,
      backend: "github_web",
      route_kind: "pr_view",
      requests: 2,
      cache_misses: 2,
      cache_bypass: 0,
      revalidated: 1,
    },
  ],
  fallback_reasons: [{ ...seen, reason: "route_denied", route_kind: "unknown", requests: 2 }],
  cache: { total_entries: 4, fresh_entries: 3, expired_entries: 1, body_bytes: 4096 },
};

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

describe("octopool stats", () => {
  it("prints every table, rates as percentages, on a terminal", async () => {
    relay.on(STATS, { body: report });
    const { code, stdout } = await desk.run(["stats"], { terminal: true, env: { NO_COLOR: "1" } });
    expect(code).toBe(0);
    expect(stdout).toContain("Pool maintainers, last 24h, for alice (desk)\n");
    expect(stdout).toMatch(/\nUsage\nWHOSE +REQUESTS +HIT +STALE +MISS +BYPASS +HIT RATE/);
    expect(stdout).toMatch(/\npool +10 +6 +1 +2 +0 +60\.0% +66\.7% +- +7 +2 +1 +13\n/);
    expect(stdout).toMatch(
      /\nBackends\nBACKEND +ROUTE +REQUESTS +MISS +BYPASS +REVALIDATED\ngithub_web +pr_view +2 +2 +0 +1\n/,
    );
    expect(stdout).toMatch(/\nFallback reasons\nREASON +ROUTE +REQUESTS\nroute_denied +unknown +2\n/);
    expect(stdout).toMatch(/\nCache\nENTRIES +FRESH +EXPIRED +BYTES\n +4 +3 +1 +4096\n/);
  });

  it("prints rows that begin with their table's name in a pipe", async () => {
    relay.on(STATS, { body: report });
    expect((await desk.run(["stats"])).stdout).toBe(
      [
        "Usage\tpool\t10\t6\t1\t2\t0\t60.0%\t66.7%\t-\t7\t2\t1\t13",
        "Usage\tyou\t5\t6\t1\t2\t0\t60.0%\t66.7%\t-\t7\t2\t1\t13",
        "Usage\tthis client\t3\t6\t1\t2\t0\t60.0%\t66.7%\t-\t7\t2\t1\t13",
        "Routes\tpr_view\t10\t6\t1\t2\t0\t60.0%\t66.7%\t-\t7\t2\t1\t13",
        "Clients\tdesk\t3\t6\t1\t2\t0\t60.0%\t66.7%\t-\t7\t2\t1\t13",
        "Backends\tgithub_web\tpr_view\t2\t2\t0\t1",
        "Fallback reasons\troute_denied\tunknown\t2",
        "Cache\t4\t3\t1\t4096",
        "",
      ].join("\n"),
    );
  });

  it("prints the server's report as JSON on request", async () => {
    relay.on(STATS, { body: report });
    expect(JSON.parse((await desk.run(["stats", "--json"])).stdout)).toEqual(report);
  });

  it("asks for the window, the client and the pool it is told", async () => {
    relay.on("GET /v1/pools/team%2Fa/stats?since=7d&client=ci", { body: { ...report, client_filter: "ci" } });
    const { stdout } = await desk.run(["stats", "--since", "7d", "--client", "ci", "--pool", "team/a"]);
    expect(stdout).toContain("Usage\tci\t3\t");
  });

  it.each([{ terminal: true }, { terminal: false }])(
    "ends well where nothing was asked, terminal: $terminal",
    async ({ terminal }) => {
      relay.on(STATS, { body: { ...report, pool_usage: usage(0) } });
      const ran = await desk.run(["stats"], { terminal });
      expect(ran).toEqual({ code: 0, stdout: "", stderr: "octopool: No requests in the last 24h.\n", waits: [] });
    },
  );

  it("shows gaps, not mistakes, for members the server left out", async () => {
    relay.on(STATS, { body: { pool_usage: { requests: "many" }, routes: "none" } });
    const { code, stdout } = await desk.run(["stats"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage\tpool\t-\t-\t");
  });

  it("says which windows there are", async () => {
    relay.on(
      "GET /v1/pools/maintainers/stats?since=yesterday",
      refusal(400, "invalid_window", { message: "Give the window as 30m, 24h or 7d." }),
    );
    const { code, stderr } = await desk.run(["stats", "--since", "yesterday"]);
    expect(code).toBe(1);
    expect(stderr).toContain("octopool: Give the window as 30m, 24h or 7d. (invalid_window)\n");
  });
});

describe("octopool health", () => {
  const body = { pool: "maintainers", identities_total: 2, identities_healthy: 1, policy_version: 3 };

  it.each([
    {
      name: "a table on a terminal",
      words: [],
      terminal: true,
      prints: "POOL         HEALTHY  IDENTITIES  POLICY\nmaintainers        1           2       3\n",
    },
    { name: "a row in a pipe", words: [], terminal: false, prints: "maintainers\t1\t2\t3\n" },
    { name: "JSON on request", words: ["--json"], terminal: false, prints: `${JSON.stringify(body)}\n` },
  ])("prints $name", async ({ words, terminal, prints }) => {
    relay.on("GET /v1/pools/maintainers/health", { body });
    expect(await desk.run(["health", ...words], { terminal, env: { NO_COLOR: "1" } })).toMatchObject({
      code: 0,
      stdout: prints,
    });
  });

  it("asks for another pool by name", async () => {
    relay.on("GET /v1/pools/team%2Fa/health", refusal(401, "invalid_auth"));
    expect((await desk.run(["health", "--pool", "team/a"])).code).toBe(4);
  });

  it("fails on a page of some other server", async () => {
    relay.on("GET /v1/pools/maintainers/health", { body: "<html>" });
    expect(await desk.run(["health"])).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("octopool routes", () => {
  it("lists rows whose kind, path or description holds the text", async () => {
    const { code, stdout } = await desk.run(["routes", "PR_VIEW"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pr_view\t\/repos\/\{owner\}\/\{repo\}\/pulls\/\{number\}\tliving\t/m);
    expect(stdout).not.toContain("issue_list");
  });

  it("prints a table on a terminal and JSON on request", async () => {
    expect((await desk.run(["routes", "pr_view"], { terminal: true, env: { NO_COLOR: "1" } })).stdout).toMatch(
      /^KIND +PATH +FRESH +ABOUT\n/,
    );
    expect(JSON.parse((await desk.run(["routes", "pr_view", "--json"])).stdout)).toContainEqual(
      expect.objectContaining({ kind: "pr_view" }),
    );
  });

  it("ends well where nothing matches, and asks no server", async () => {
    const { code, stderr } = await desk.run(["routes", "zebra"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'octopool: No route matches "zebra".\n' });
    expect(relay.heard).toEqual([]);
  });
});
