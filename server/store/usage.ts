/** Audit rows summed up for the rollups, before D1 sees them. Pure: what counts as what is decided here only. */
import type { AuditRow } from "./audit.ts";
import { LATENCY_BUCKETS, latencyBucket } from "./latency.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const WEEK_MS: number = 7 * DAY_MS;

/** The numbers of a rollup row, in the order of its columns. */
export const COUNT_COLUMNS = [
  "requests",
  "quota_units",
  "coalesced",
  "revalidated",
  "cacheable",
  "eligible",
  "errors",
  "service_errors",
  "fallbacks",
  "saved",
  "backend_requests",
  "last_seen",
  "duration_ms",
  ...Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => `latency_${bucket}`),
] as const;

const LAST_SEEN = COUNT_COLUMNS.indexOf("last_seen");

/** `ok`, `fallback:<reason>` or `error:<code>`: the rollups' outcome. */
export function outcomeOf(row: AuditRow): string {
  if (row.fallbackReason !== undefined) return `fallback:${row.fallbackReason}`;
  return row.errorCode === undefined ? "ok" : `error:${row.errorCode}`;
}

/**
 * One row's numbers. An error is a refusal other than a fallback, a service error one with a status of 500 or more;
 * GitHub's own 404 is an answer. *Saved* is an answer that spent no quota, wherever it came from.
 */
export function countsOf(row: AuditRow): number[] {
  const fallback = row.fallbackReason !== undefined;
  const refused = fallback || row.errorCode !== undefined;
  const error = refused && !fallback;
  const cached = row.cache === "hit" || row.cache === "stale";
  const latency = Array.from({ length: LATENCY_BUCKETS }, () => 0);
  latency[latencyBucket(row.durationMs)] = 1;
  const counts = [
    1,
    row.quotaUnits,
    Number(row.coalesced),
    Number(row.revalidated),
    Number(row.cacheable || cached),
    Number(cached || row.cache === "miss"),
    Number(error),
    Number(error && row.status >= 500),
    Number(fallback),
    Number(!refused && row.quotaUnits === 0),
    Number(row.upstreamCalls > 0),
    row.at,
    Math.round(row.durationMs),
  ];
  return [...counts, ...latency];
}

/** Rows of usage_hourly: pool, hour, caller, client, route kind, cache, backend, identity, outcome, then the counts. */
export function sumHourly(rows: readonly AuditRow[]): readonly (readonly (string | number)[])[] {
  return sum(rows, (row) => [
    row.poolId,
    hourOf(row.at),
    row.callerId,
    row.clientName,
    row.routeKind,
    row.cache,
    row.backend ?? "",
    row.identityId ?? "",
    outcomeOf(row),
  ]);
}

/** Rows of usage_routes_hourly: pool, hour, route kind, route key, cache, miss reason, outcome, then the counts. */
export function sumRoutes(rows: readonly AuditRow[]): readonly (readonly (string | number)[])[] {
  return sum(rows, (row) => [
    row.poolId,
    hourOf(row.at),
    row.routeKind,
    row.routeKey,
    row.cache,
    row.missReason ?? "",
    outcomeOf(row),
  ]);
}

export const ceilTo = (at: number, unit: number): number => Math.ceil(at / unit) * unit;
export const floorTo = (at: number, unit: number): number => Math.floor(at / unit) * unit;
export const hourOf = (at: number): number => at - (at % HOUR_MS);
export const dayOf = (at: number): number => at - (at % DAY_MS);
/** Weeks as the epoch counts them, from a Thursday: any seven days would do. */
export const weekOf = (at: number): number => at - (at % WEEK_MS);

function sum(rows: readonly AuditRow[], dimensionsOf: (row: AuditRow) => (string | number)[]) {
  const sums = new Map<string, { readonly dimensions: (string | number)[]; readonly counts: number[] }>();
  for (const row of rows) {
    const dimensions = dimensionsOf(row);
    const key = JSON.stringify(dimensions);
    const counts = countsOf(row);
    const so = sums.get(key);
    if (so === undefined) sums.set(key, { dimensions, counts });
    else counts.forEach((count, index) => (so.counts[index] = added(so.counts[index] ?? 0, count, index)));
  }
  return [...sums.values()].map(({ dimensions, counts }) => [...dimensions, ...counts]);
}

const added = (before: number, more: number, index: number) =>
  index === LAST_SEEN ? Math.max(before, more) : before + more;
