import { describe, expect, it } from "vitest";
import { aggregate, statsReport } from "../../../server/http/stats.ts";
import type { UsageGroup } from "../../../server/store/stats.ts";

function aGroup(changes: Partial<UsageGroup> = {}): UsageGroup {
  return {
    mine: 1,
    client: "laptop",
    routeKind: "pr_view",
    cache: "hit",
    backend: "",
    outcome: "ok",
    identity: "",
    requests: 1,
    coalesced: 0,
    revalidated: 0,
    cacheable: 1,
    eligible: 1,
    errors: 0,
    serviceErrors: 0,
    fallbacks: 0,
    saved: 1,
    backendRequests: 0,
    lastSeen: 1_000,
    durationMs: 3,
    ...changes,
  };
}

const ASK = {
  pool: "maintainers",
  label: "24h",
  seconds: 86_400,
  now: 2_000,
  githubLogin: "alice",
  clientName: "laptop",
  clientFilter: undefined,
};
const CACHE = { total: 5, fresh: 2, bodyBytes: 900 };
const miss = { cache: "miss", saved: 0, backend: "github_identity", backendRequests: 1 };
const denied = {
  cache: "unknown",
  outcome: "fallback:route_denied",
  fallbacks: 1,
  saved: 0,
  eligible: 0,
  cacheable: 0,
};

describe("an aggregate", () => {
  it("of nothing has counts of zero and no rates", () => {
    expect(aggregate([])).toMatchObject({
      requests: 0,
      saved_github_requests: 0,
      avg_duration_ms: null,
      cache_hit_rate: null,
      cacheable_hit_rate: null,
      eligible_cache_hit_rate: null,
      bypass_rate: null,
    });
  });

  it("of refusals only has no hit rate among the eligible, for there were none", () => {
    expect(aggregate([aGroup(denied)])).toMatchObject({
      cache_hit_rate: 0,
      eligible_cache_hit_rate: null,
      cache_unknown: 1,
    });
  });

  it("counts stale answers as served from the cache", () => {
    const groups = [aGroup({ requests: 2, eligible: 2 }), aGroup({ cache: "stale" }), aGroup(miss)];
    expect(aggregate(groups)).toMatchObject({
      cache_hits: 2,
      cache_stale: 1,
      cache_misses: 1,
      eligible_cache_hit_rate: 0.75,
    });
  });
});

describe("a report", () => {
  const groups = [
    aGroup({ requests: 3, lastSeen: 1_500 }),
    aGroup({ ...miss, client: "ci" }),
    aGroup({ ...miss, mine: 0, client: "", routeKind: "checks" }),
    aGroup({ ...denied, client: "ci", routeKind: "unknown" }),
  ];

  it("splits usage into the pool's, the caller's and the client's", () => {
    expect(statsReport(groups, CACHE, ASK)).toMatchObject({
      pool_usage: { requests: 6 },
      caller_usage: { requests: 5 },
      client_usage: { requests: 3 },
      cache: { total_entries: 5, fresh_entries: 2, expired_entries: 3, body_bytes: 900 },
    });
  });

  it("lists the most asked first, each with its aggregate beside its key", () => {
    const { routes, clients } = statsReport(groups, CACHE, ASK) as Record<string, { requests: number }[]>;
    expect(routes?.[0]).toMatchObject({
      route_kind: "pr_view",
      requests: 4,
      cache_hits: 3,
      latest_seen_at: "1970-01-01T00:00:01.500Z",
    });
    expect(clients).toMatchObject([{ client_name: "laptop" }, { client_name: "ci", fallbacks: 1 }]);
  });

  it("names the filter and tells of that client", () => {
    expect(statsReport(groups, CACHE, { ...ASK, clientFilter: "ci" })).toMatchObject({
      client_filter: "ci",
      client_usage: { requests: 2 },
      operator: { client_name: "laptop" },
    });
    expect(statsReport(groups, CACHE, ASK)).not.toHaveProperty("client_filter");
  });

  it("counts under backends only requests that called one", () => {
    const hit = aGroup({ backend: "github_identity", requests: 9 });
    const { backends } = statsReport([...groups, hit], CACHE, ASK) as Record<string, unknown[]>;
    expect(backends).toEqual([
      expect.objectContaining({ backend: "github_identity", route_kind: "checks", requests: 1, cache_misses: 1 }),
      expect.objectContaining({ backend: "github_identity", route_kind: "pr_view", requests: 1, cache_misses: 1 }),
    ]);
  });

  it("counts fallbacks by reason and route", () => {
    expect(statsReport(groups, CACHE, ASK)["fallback_reasons"]).toEqual([
      { reason: "route_denied", route_kind: "unknown", requests: 1, latest_seen_at: "1970-01-01T00:00:01.000Z" },
    ]);
  });
});
