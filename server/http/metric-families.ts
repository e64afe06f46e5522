/** Which metrics there are. Counts begin at midnight UTC, which Prometheus takes for a counter's reset. Pure. */
import type { IdentityHealth } from "../relay/identity-health.ts";
import type { Snapshot } from "../coordinator/protocol.ts";
import { LATENCY_BOUNDS_MS } from "../store/latency.ts";
import type { StoredMetrics, UsageCounts } from "../store/metrics.ts";
import type { Family, Sample } from "./prometheus.ts";

export interface PoolMetrics {
  readonly poolId: string;
  readonly identities: readonly IdentityHealth[];
  /** Undefined: the pool's coordinator did not answer. */
  readonly snapshot: Snapshot | undefined;
}

const seconds = (ms: number) => ms / 1000;
const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `octopool_${name}`,
  type: "gauge",
  help,
  samples,
});
const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `octopool_${name}`,
  type: "counter",
  help,
  samples,
});

/** `stored` undefined: D1 did not answer, and only that is told. */
export function metricFamilies(
  stored: StoredMetrics | undefined,
  pools: readonly PoolMetrics[],
  version: string,
): readonly Family[] {
  const up: readonly Sample[] = [
    { labels: { part: "database" }, value: Number(stored !== undefined) },
    ...pools.map(({ poolId, snapshot }) => ({
      labels: { part: "coordinator", pool: poolId },
      value: Number(snapshot !== undefined),
    })),
  ];
  return [
    gauge("info", "Always 1; the version that answers.", [{ labels: { version }, value: 1 }]),
    gauge("part_up", "1 where a part answered this scrape.", up),
    ...(stored === undefined ? [] : [...usageFamilies(stored.usage), ...storeFamilies(stored)]),
    ...identityFamilies(pools),
    ...fillFamilies(pools),
  ];
}

function usageFamilies(usage: readonly UsageCounts[]): readonly Family[] {
  const of = (name: "requests" | "quotaUnits" | "coalesced" | "saved"): readonly Sample[] =>
    usage.map((row) => ({ labels: labelsOf(row), value: row[name] })).filter(({ value }) => value > 0);
  return [
    counter("requests_total", "Validated requests, by what became of them.", of("requests")),
    counter("quota_units_total", "GitHub quota spent.", of("quotaUnits")),
    counter("requests_coalesced_total", "Requests that shared another's fill.", of("coalesced")),
    counter("requests_saved_total", "Requests answered without a call that costs quota.", of("saved")),
    {
      name: "octopool_request_duration_seconds",
      type: "histogram",
      help: "From a request's arrival to its answer.",
      samples: histograms(usage),
    },
  ];
}

function labelsOf({ poolId, routeKind, cache, backend, outcome }: UsageCounts): Readonly<Record<string, string>> {
  const [kind = "", reason = ""] = outcome.split(":");
  return { pool: poolId, kind: routeKind, cache, backend: backend || "none", outcome: kind, reason };
}

/** By pool and cache status only: ten buckets for each kind of route would be a thousand series. */
function histograms(usage: readonly UsageCounts[]): readonly Sample[] {
  const parts = new Map<string, UsageCounts[]>();
  for (const row of usage) {
    const key = JSON.stringify([row.poolId, row.cache]);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [row]);
    else part.push(row);
  }
  return [...parts].flatMap(([key, rows]) => {
    const [pool, cache] = JSON.parse(key) as [string, string];
    return histogram({ pool, cache }, rows);
  });
}

function histogram(labels: Readonly<Record<string, string>>, rows: readonly UsageCounts[]): readonly Sample[] {
  let below = 0;
  const buckets = [...LATENCY_BOUNDS_MS, Infinity].map((bound, at): Sample => {
    below += rows.reduce((sum, row) => sum + (row.latency[at] ?? 0), 0);
    const le = bound === Infinity ? "+Inf" : String(seconds(bound));
    return { suffix: "_bucket", labels: { ...labels, le }, value: below };
  });
  const total = rows.reduce((sum, row) => sum + row.durationMs, 0);
  return [...buckets, { suffix: "_sum", labels, value: seconds(total) }, { suffix: "_count", labels, value: below }];
}

function storeFamilies({
  audit,
  cache,
  webhooks,
  coverage,
  anonymous,
  housekeeping,
}: StoredMetrics): readonly Family[] {
  const at = (ms: number | null): readonly Sample[] => (ms === null ? [] : [{ value: seconds(ms) }]);
  return [
    counter("audit_rows_total", "Audit rows written.", [{ value: audit.rows }]),
    counter("audit_rows_lost_total", "Audit rows that isolates had to drop and told of.", [{ value: audit.lost }]),
    gauge("audit_batches_missing", "Flushes of today that never reached D1, by the gaps in isolates' numbers.", [
      { value: audit.missingBatches },
    ]),
    gauge("audit_last_write_timestamp_seconds", "First row of today's latest flush.", at(audit.lastAt)),
    gauge(
      "cache_entries",
      "Stored answers.",
      cache.flatMap(({ poolId, entries, fresh }) => [
        { labels: { pool: poolId, state: "fresh" }, value: fresh },
        { labels: { pool: poolId, state: "expired" }, value: entries - fresh },
      ]),
    ),
    gauge(
      "cache_body_bytes",
      "Bytes of the stored bodies, before compression.",
      cache.map(({ poolId, bodyBytes }) => ({ labels: { pool: poolId }, value: bodyBytes })),
    ),
    counter(
      "webhook_deliveries_total",
      "Webhook deliveries taken.",
      webhooks.byEvent.map(({ event, deliveries }) => ({ labels: { event }, value: deliveries })),
    ),
    counter(
      "webhook_visible_seconds_total",
      "From deliveries' first bytes until D1 had all that they change; the memo bound comes on top.",
      webhooks.byEvent.map(({ event, visibleMs }) => ({ labels: { event }, value: seconds(visibleMs) })),
    ),
    gauge(
      "webhook_visible_seconds_max",
      "Today's longest of them.",
      webhooks.byEvent.map(({ event, longestMs }) => ({ labels: { event }, value: seconds(longestMs) })),
    ),
    gauge("webhook_last_received_timestamp_seconds", "Today's latest webhook delivery.", at(webhooks.lastAt)),
    gauge("webhook_coverage", "Events of repositories that reach us, and that no longer do.", [
      { labels: { state: "live" }, value: coverage.live },
      { labels: { state: "ended" }, value: coverage.ended },
    ]),
    gauge(
      "anonymous_quota_remaining",
      "GitHub's anonymous quota, by data centre.",
      anonymous.map(({ colo, resource, remaining }) => ({ labels: { colo, resource }, value: remaining })),
    ),
    ...(housekeeping === undefined
      ? []
      : [
          gauge(
            "housekeeping_last_run_timestamp_seconds",
            "Start of the latest hourly sweep.",
            at(housekeeping.startedAt),
          ),
          gauge("housekeeping_duration_seconds", "How long it took.", [
            { value: seconds(housekeeping.finishedAt - housekeeping.startedAt) },
          ]),
          gauge("housekeeping_rows_remaining", "Rows due that it left.", [{ value: housekeeping.remaining }]),
          gauge("housekeeping_tasks_failed", "Tasks of it that failed.", [{ value: housekeeping.failed }]),
        ]),
  ];
}

function identityFamilies(pools: readonly PoolMetrics[]): readonly Family[] {
  const health = pools.flatMap(({ poolId, identities }) =>
    identities.map(({ id, healthy }) => ({ labels: { pool: poolId, identity: id }, value: Number(healthy) })),
  );
  const resources = pools
    .flatMap(({ poolId, snapshot }) =>
      (snapshot?.identities ?? []).flatMap(({ identityId, resources: of }) =>
        of.map((reading) => ({
          labels: { pool: poolId, identity: identityId, resource: reading.resource },
          reading,
          at: snapshot?.at ?? 0,
        })),
      ),
    )
    .filter(({ reading, at }) => reading.resetAt > at);
  return [
    gauge("identity_healthy", "1 where the identity can serve: active, set up, not resting as a whole.", health),
    gauge(
      "identity_quota_limit",
      "Quota per window.",
      resources.map(({ labels, reading }) => ({ labels, value: reading.limit })),
    ),
    gauge(
      "identity_quota_remaining",
      "Quota left.",
      resources.map(({ labels, reading }) => ({ labels, value: reading.remaining })),
    ),
    gauge(
      "identity_quota_reset_timestamp_seconds",
      "When the window ends.",
      resources.map(({ labels, reading }) => ({ labels, value: seconds(reading.resetAt) })),
    ),
    gauge(
      "identity_quota_seconds_to_empty",
      "Time until the quota is spent at the present rate; +Inf: not before its reset.",
      resources
        .map(({ labels, reading, at }) => ({
          labels,
          value: reading.emptyAt === null ? Infinity : Math.max(0, seconds(reading.emptyAt - at)),
        }))
        .map(({ labels, value }) => ({ labels, value })),
    ),
  ];
}

function fillFamilies(pools: readonly PoolMetrics[]): readonly Family[] {
  const fills = pools.flatMap(({ poolId, snapshot }) =>
    snapshot === undefined ? [] : [{ labels: { pool: poolId }, fills: snapshot.fills }],
  );
  const of = (name: keyof Snapshot["fills"]): readonly Sample[] =>
    fills.map((each) => ({ labels: each.labels, value: each.fills[name] }));
  return [
    gauge("fills_in_flight", "Fills that are asking GitHub now.", of("inFlight")),
    gauge("fills_waiting", "Requests that wait for a fill now.", of("waiting")),
    counter("fills_led_total", "Fills since the coordinator started.", of("led")),
    counter("fills_coalesced_total", "Requests that joined a fill since the coordinator started.", of("coalesced")),
  ];
}
