import { expect, it } from "vitest";
import { metricFamilies } from "../../../server/http/metric-families.ts";
import { type Sample, writeFamilies } from "../../../server/http/prometheus.ts";

it("writes a family as Prometheus reads it, labels escaped", () => {
  const samples: readonly Sample[] = [
    { labels: { pool: 'a"b\\c\nd' }, value: 3 },
    { value: Infinity },
    { suffix: "_bucket", labels: { le: "+Inf" }, value: 0.25 },
  ];
  expect(writeFamilies([{ name: "x_total", type: "counter", help: "Two\nlines.", samples }])).toBe(
    [
      "# HELP x_total Two\\nlines.",
      "# TYPE x_total counter",
      'x_total{pool="a\\"b\\\\c\\nd"} 3',
      "x_total Infinity",
      'x_total_bucket{le="+Inf"} 0.25',
      "",
    ]
      .join("\n")
      .replace("Infinity", "+Inf"),
  );
});

const usage = {
  poolId: "maintainers",
  routeKind: "pr_view",
  cache: "hit",
  backend: "",
  outcome: "ok",
  requests: 4,
  quotaUnits: 0,
  coalesced: 0,
  saved: 4,
  durationMs: 4_500,
  latency: [1, 0, 2, 0, 0, 0, 0, 1, 0, 0],
};
const stored = {
  since: 0,
  usage: [
    usage,
    {
      ...usage,
      cache: "miss",
      outcome: "fallback:no_identity",
      requests: 1,
      saved: 0,
      latency: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    },
  ],
  audit: { rows: 5, lost: 1, missingBatches: 2, lastAt: 1_500 },
  cache: [{ poolId: "maintainers", entries: 7, fresh: 3, bodyBytes: 900 }],
  webhooks: { byEvent: [{ event: "push", deliveries: 2, visibleMs: 60, longestMs: 25 }], lastAt: 2_000 },
  coverage: { live: 1, ended: 0 },
  anonymous: [],
  housekeeping: undefined,
};

it("counts requests by kind, cache status, backend and outcome, and their time in buckets that only grow", () => {
  const text = writeFamilies(metricFamilies(stored, [], "1.2.3"));
  expect(text).toContain(
    'octopool_requests_total{pool="maintainers",kind="pr_view",cache="hit",backend="none",outcome="ok",reason=""} 4',
  );
  expect(text).toContain('outcome="fallback",reason="no_identity"} 1');
  expect(text).toContain('octopool_request_duration_seconds_bucket{pool="maintainers",cache="hit",le="0.001"} 1');
  expect(text).toContain('octopool_request_duration_seconds_bucket{pool="maintainers",cache="hit",le="0.01"} 3');
  expect(text).toContain('octopool_request_duration_seconds_bucket{pool="maintainers",cache="hit",le="+Inf"} 4');
  expect(text).toContain('octopool_request_duration_seconds_bucket{pool="maintainers",cache="miss",le="10"} 0');
  expect(text).toContain('octopool_request_duration_seconds_bucket{pool="maintainers",cache="miss",le="+Inf"} 1');
  expect(text).toContain('octopool_request_duration_seconds_sum{pool="maintainers",cache="hit"} 4.5');
  expect(text).toContain("octopool_audit_rows_lost_total 1");
  expect(text).toContain('octopool_cache_entries{pool="maintainers",state="expired"} 4');
});

it("tells time to empty, and leaves out windows that are over", () => {
  const reading = {
    resource: "core",
    limit: 5000,
    remaining: 100,
    used: 4900,
    resetAt: 90_000,
    readAt: 0,
    burnPerSecond: 1,
    emptyAt: 40_000,
  };
  const standing = (identityId: string, ...resources: (typeof reading)[]) => ({
    identityId,
    inFlight: 0,
    cooldowns: [],
    resources,
    leases: [],
    lastError: null,
  });
  const snapshot = {
    at: 10_000,
    identities: [
      standing("a", reading, { ...reading, resource: "search", resetAt: 5_000 }),
      standing("b", { ...reading, emptyAt: null as unknown as number }),
    ],
    fills: { inFlight: 1, waiting: 2, led: 3, coalesced: 4 },
  };
  const identities = [{ id: "a", kind: "pat", healthy: true, problems: [] } as const];
  const text = writeFamilies(metricFamilies(undefined, [{ poolId: "p", identities, snapshot }], "1"));
  expect(text).toContain('octopool_identity_quota_seconds_to_empty{pool="p",identity="a",resource="core"} 30');
  expect(text).toContain('octopool_identity_quota_seconds_to_empty{pool="p",identity="b",resource="core"} +Inf');
  expect(text).not.toContain('resource="search"');
  expect(text).toContain('octopool_part_up{part="database"} 0');
  expect(text).toContain('octopool_part_up{part="coordinator",pool="p"} 1');
  expect(text).toContain('octopool_fills_waiting{pool="p"} 2');
  expect(text).not.toContain("octopool_requests_total");
});
