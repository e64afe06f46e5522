/** The rows that bar 10 is measured over, made inside D1: a busy day, and the twenty-nine days before it summed up. */
import { POOL } from "../simulation.ts";

/** The numbers of a rollup, in the order in which `rollup` gives them; then come ten latency buckets. */
export const COUNTS = [
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
] as const;
export const LATENCIES: readonly string[] = Array.from({ length: 10 }, (_, bucket) => `latency_${bucket}`);
export const NUMBERS: string = [...COUNTS, ...LATENCIES].join(", ");
const AUDIT_ROWS = 200_000;
const BODIES = 2_000;
export const DAYS = 30;
export const HOUR_MS = 3_600_000;
const ROWS_A_STATEMENT = 20_000;
const BODIES_A_STATEMENT = 250;
/** The text of a body: 12 KB, a compressed list of pulls. */
const BODY_CHARACTERS = 12_000;

export interface SeededRows {
  readonly audit: number;
  readonly hourly: number;
  readonly daily: number;
  readonly bodies: number;
}

/** The database that is filled. */
export interface StatsStore {
  /** Rows of each statement, run in one batch. */
  sql(...statements: readonly string[]): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]>;
  /** Sums up the days that are over, as the hourly sweep does. */
  closeDays(): Promise<unknown>;
}

/** @param callerId whose requests one in forty is. */
export async function seedStats(store: StatsStore, callerId: string, now: number): Promise<SeededRows> {
  for (let from = 0; from < AUDIT_ROWS; from += ROWS_A_STATEMENT) await store.sql(auditRows(from, callerId, now));
  await store.sql(rollup());
  for (let day = 1; day < DAYS; day++) await store.sql(dayBefore(day, now));
  for (let from = 0; from < BODIES; from += BODIES_A_STATEMENT) await store.sql(bodies(from, now));
  await store.closeDays();
  const counts = await store.sql(
    "SELECT count(*) AS n FROM audit_events",
    `SELECT count(*) AS n FROM usage_hourly WHERE hour >= ${now - 24 * HOUR_MS}`,
    "SELECT count(*) AS n FROM usage_daily",
    "SELECT count(*) AS n FROM github_cache_entries",
  );
  const [audit = 0, hourly = 0, daily = 0, entries = 0] = counts.map(([row]) => Number(row?.["n"]));
  return { audit, hourly, daily, bodies: entries };
}

function counting(from: number, rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + rows - 1})`;
}

/** Forty callers, sixteen kinds, every cache status; spread over the last day. */
function auditRows(from: number, callerId: string, now: number): string {
  const step = Math.floor((24 * HOUR_MS) / AUDIT_ROWS);
  return `${counting(from, ROWS_A_STATEMENT)}
    INSERT INTO audit_events (pool_id, at, request_id, caller_id, client_name, route_kind, route_key, identity_id, status,
      error_code, fallback_reason, cache, miss_reason, backend, quota_units, upstream_calls, coalesced, revalidated,
      cacheable, duration_ms, detail)
    SELECT '${POOL}', ${now} - 1000 - (i * ${step}), 'r' || i,
      CASE WHEN i % 40 = 0 THEN '${callerId}' ELSE 'caller_' || (i % 40) END, 'laptop-' || (i % 2), 'kind_' || (i / 40 % 16),
      '/repos/acme/app-' || (i % 50) || '/pulls/{number}', CASE WHEN i % 5 = 0 THEN 'pat_alice' ELSE '' END,
      CASE WHEN i % 97 = 0 THEN 424 ELSE 200 END, '', CASE WHEN i % 97 = 0 THEN 'route_denied' ELSE '' END,
      CASE WHEN i % 5 = 0 THEN 'miss' WHEN i % 31 = 0 THEN 'stale' ELSE 'hit' END, '',
      CASE WHEN i % 5 = 0 THEN 'github_identity' ELSE '' END, i % 5 = 0, i % 5 = 0, 0, i % 7 = 0, 1, i % 200,
      '{"trail":"parse 1 find 2 answer 3"}' FROM n`;
}

/** As server/store/usage.ts sums rows up; a rollup's exact numbers do not matter here, how many rows it has does. */
function rollup(): string {
  return `INSERT INTO usage_hourly (pool_id, hour, caller_id, client_name, route_kind, cache, backend, identity_id, outcome,
      ${NUMBERS})
    SELECT pool_id, at - at % ${HOUR_MS}, caller_id, client_name, route_kind, cache, backend, identity_id,
      CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason ELSE 'ok' END AS outcome, count(*),
      sum(quota_units), 0, sum(revalidated), sum(cacheable), count(*), 0, 0, sum(fallback_reason <> ''),
      sum(quota_units = 0), sum(upstream_calls), max(at), sum(duration_ms), ${LATENCIES.map(() => "0").join(", ")}
    FROM audit_events WHERE pool_id = '${POOL}' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;
}

/** The day's own first hour is shared with the day before: what is there stays. */
function dayBefore(day: number, now: number): string {
  const columns = `caller_id, client_name, route_kind, cache, backend, identity_id, outcome, ${NUMBERS}`;
  const first = now - (now % HOUR_MS) - 23 * HOUR_MS;
  return `INSERT OR IGNORE INTO usage_hourly (pool_id, hour, ${columns})
    SELECT pool_id, hour - ${day * 24 * HOUR_MS}, ${columns} FROM usage_hourly
    WHERE pool_id = '${POOL}' AND hour >= ${first} AND hour <= ${now}`;
}

function bodies(from: number, now: number): string {
  return `${counting(from, BODIES_A_STATEMENT)}
    INSERT INTO github_cache_entries (cache_key, pool_id, route_kind, scope, path, query, status, headers, encoding,
      body_bytes, stored_bytes, content_hash, backend, fetched_at, fresh_until, stale_until, swr_until, generations, fence, body)
    SELECT 'seed-' || i, '${POOL}', 'kind_' || (i % 12), 'acme/app-' || (i % 50), '/repos/acme/app/pulls/' || i, '', 200,
      '{}', 'json', 20000, ${BODY_CHARACTERS}, 'hash-' || i, 'identity', ${now}, ${now} + (i % 2) * 3600000,
      ${now} + 7200000, ${now}, '{}', i, hex(randomblob(${BODY_CHARACTERS / 2})) FROM n`;
}
