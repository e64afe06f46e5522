/** Everything that happened is accounted for (promise 6), and nothing of what was said is kept. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { listAuditRows } from "../../../server/store/audit.ts";
import { countRows } from "../store/rows.ts";
import { untilFollowing } from "../support/followers.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/pulls/7";
const KEY = "/repos/acme/widget/pulls/{number}";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await relay.ask("/repos/acme/widget/topics"); // the repository is proven public, the anonymous quota known as gone
  await env.DB.prepare("DELETE FROM audit_events").run();
  await env.DB.prepare("DELETE FROM usage_hourly").run();
  await env.DB.prepare("DELETE FROM usage_routes_hourly").run();
  await relay.github.clearLog();
});

/** Oldest first. */
async function rows() {
  const found = await listAuditRows(relay.db, { poolId: POOL, from: 0, to: 2 ** 52, limit: 500 });
  return found.toReversed();
}

describe("a validated request", () => {
  const served = { routeKind: "pr_view", routeKey: KEY, callerId: "gh_101", clientName: "laptop", status: 200 };

  it("leaves one row that says how it was answered: miss, hit, renewed, stale", async () => {
    const asked = [await relay.ask(PATH), await relay.ask(PATH)];
    relay.later(400_000);
    asked.push(await relay.ask(PATH));
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PATH } });
    relay.later(400_000);
    asked.push(await relay.ask(PATH));
    const found = await rows();
    expect(found.map(({ requestId }) => requestId)).toEqual(asked.map(({ envelope }) => envelope.relay["request_id"]));
    expect(found).toMatchObject([
      {
        ...served,
        cache: "miss",
        missReason: "absent",
        backend: "github_identity",
        identityId: "pat_alice",
        upstreamCalls: 1,
      },
      { ...served, cache: "hit", missReason: "", backend: "", quotaUnits: 0, upstreamCalls: 0, cacheable: 1 },
      { ...served, cache: "hit", revalidated: 1, missReason: "expired", backend: "github_identity", upstreamCalls: 1 },
      // What GitHub was asked in vain counts as well.
      {
        ...served,
        cache: "stale",
        quotaUnits: 1,
        upstreamCalls: 1,
        detail: expect.stringContaining('"staleReason":"github_unavailable"'),
      },
    ]);
  });

  it("counts what a refresh behind its answer spent", async () => {
    await relay.ask(PATH);
    relay.later(130_000);
    await relay.github.touch(PATH);
    const { envelope } = await relay.ask(PATH);
    expect(envelope.relay["stale_reason"]).toBe("revalidating");
    const [, row] = await rows();
    expect(row).toMatchObject({ ...served, cache: "stale", quotaUnits: 1, upstreamCalls: 1 });
  });

  it("leaves a row each where many were answered by one", async () => {
    await relay.github.gate("pull", { path: PATH });
    const asked = Array.from({ length: 10 }, () => relay.ask(PATH));
    await relay.github.waitFor(1, { path: PATH });
    await untilFollowing(9);
    await relay.github.release("pull");
    await Promise.all(asked);
    const found = await rows();
    expect(found).toHaveLength(10);
    expect(found.filter(({ coalesced }) => coalesced === 1)).toHaveLength(9);
    expect(found.reduce((sum, { upstreamCalls }) => sum + upstreamCalls, 0)).toBe(1);
    const charged = (await relay.reads(PATH)).reduce((sum, one) => sum + one.charged, 0);
    expect(found.reduce((sum, { quotaUnits }) => sum + quotaUnits, 0)).toBe(charged);
  });

  it.each([
    {
      name: "a fallback",
      path: "/notifications",
      status: 424,
      errorCode: "fallback_local",
      fallbackReason: "route_denied",
      routeKey: "unclassified",
    },
    {
      name: "a private repository",
      path: "/repos/acme/secret/pulls/7",
      status: 424,
      errorCode: "fallback_local",
      fallbackReason: "repo_not_public",
      routeKey: "/repos/acme/secret/pulls/{number}",
    },
    {
      name: "a mistaken path",
      path: "nowhere",
      status: 400,
      errorCode: "invalid_path",
      fallbackReason: "",
      routeKey: "unclassified",
    },
    {
      name: "a secret in the query",
      path: PATH,
      query: { token: "x" },
      status: 400,
      errorCode: "invalid_query",
      fallbackReason: "",
      routeKey: KEY,
    },
    {
      name: "a write",
      path: PATH,
      method: "DELETE",
      status: 403,
      errorCode: "method_denied",
      fallbackReason: "",
      routeKey: "unclassified",
    },
  ])("that is refused for $name leaves one row that says so", async ({ name: _name, path, query, method, ...row }) => {
    await relay.ask(path, { ...(query === undefined ? {} : { query }), ...(method === undefined ? {} : { method }) });
    expect(await rows()).toMatchObject([{ ...row, cache: "unknown", backend: "", cacheable: 0, coalesced: 0 }]);
  });

  it("leaves a row for GitHub's own 404, with that status and no error of ours", async () => {
    await relay.ask("/repos/acme/widget/pulls/99000");
    expect(await rows()).toMatchObject([{ status: 404, errorCode: "", fallbackReason: "", cache: "miss" }]);
  });

  it("is none before it is validated: no row for a body or a token that is refused", async () => {
    await relay.ask(PATH, { token: "op_unknown-unknown" });
    await relay.ask(PATH, { query: { a: 1 as unknown as string } });
    await relay.fetch("/v1/github/request", { ...relay.init(PATH), body: "{" });
    expect(await rows()).toEqual([]);
  });
});

describe("what is kept", () => {
  it("holds no query value, header value, free path segment, body or token", async () => {
    const marker = "zebra7f3amarker";
    const asks = [
      relay.ask("/repos/acme/widget/issues", { query: { labels: marker, creator: marker } }),
      relay.ask(`/repos/acme/widget/contents/${marker}.md`, { query: { ref: marker } }),
      relay.ask(`/repos/acme/widget/branches/${marker}`),
      relay.ask(PATH, { headers: { accept: `application/${marker}` } }),
      relay.ask(PATH, { headers: { "if-none-match": `"${marker}"`, "cache-control": marker } }),
      relay.ask(`/${marker}/${marker}`),
      relay.ask(`${marker}`),
      relay.ask(PATH, { query: { [marker]: marker } }),
      relay.ask(PATH, { query: { [`${marker}_token`]: marker } }),
      relay.ask(PATH, { method: marker }),
      relay.ask(PATH, { token: `op_${marker}` }),
      relay.ask(PATH, { route_hint: { pr_head_sha: marker, extra: marker } }),
    ];
    await Promise.all(asks);
    const accounted = [
      "audit_events",
      "audit_batches",
      "usage_hourly",
      "usage_routes_hourly",
      "usage_daily",
      "admin_events",
    ];
    for (const table of accounted) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${table}"`).all();
      expect(JSON.stringify({ table, results })).not.toContain(marker);
    }
    expect(await countRows("audit_events")).toBe(asks.length - 1);
  });

  it("holds no credential in any table", async () => {
    await relay.ask(PATH);
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    ).all<{ name: string }>();
    const secrets = [relay.callerToken, String(relay.vars["PAT_ALICE"]), String(relay.vars["OCTOPOOL_ADMIN_TOKEN"])];
    for (const { name } of tables) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
      for (const secret of secrets)
        expect({ name, leaks: JSON.stringify(results).includes(secret) }).toEqual({ name, leaks: false });
    }
  });
});

describe("the sums", () => {
  it("of rows, rollups and stats are those of what was done", async () => {
    await Promise.all([1, 2, 3].map((number) => relay.ask(`/repos/acme/widget/issues/${number}`))); // 3 misses
    await Promise.all([1, 2, 3, 1].map((number) => relay.ask(`/repos/acme/widget/issues/${number}`))); // 4 hits
    await relay.ask("/notifications"); // a fallback
    await relay.ask("nowhere"); // a 400
    await relay.ask("/rate_limit"); // a bypass
    await relay.ask("/repos/acme/widget/issues/99000"); // a miss that is a 404
    const bob = await relay.login("bob", "desk");
    await relay.ask("/repos/acme/widget/issues/1", { token: bob }); // another caller's hit
    const sumOf = async (table: string) =>
      env.DB.prepare(
        `SELECT sum(requests) AS requests, sum(quota_units) AS quota, sum(fallbacks) AS fallbacks FROM ${table}`,
      ).first();
    const counted = { requests: 12, quota: 4, fallbacks: 1 };
    expect(await sumOf("usage_hourly")).toEqual(counted);
    expect(await sumOf("usage_routes_hourly")).toEqual(counted);
    expect((await rows()).length).toBe(12);
    const response = await relay.fetch(`/v1/pools/${POOL}/stats`, {
      headers: { authorization: `Bearer ${relay.callerToken}` },
    });
    expect(await response.json()).toMatchObject({
      pool_usage: {
        requests: 12,
        cache_hits: 5,
        cache_misses: 4,
        cache_bypass: 1,
        cache_unknown: 2,
        cache_stale: 0,
        fallbacks: 1,
        coalesced: 0,
        backend_requests: 4,
        cache_hit_rate: 5 / 12,
      },
      caller_usage: { requests: 11, cache_hits: 4 },
      clients: [{ client_name: "laptop", requests: 11 }],
      fallback_reasons: [{ reason: "route_denied", route_kind: "unclassified", requests: 1 }],
      backends: [{ backend: "github_identity", route_kind: "issue_view", requests: 4, cache_misses: 4 }],
    });
  });
});
