/**
 * What stats are made of: usage grouped as finely as the answer needs, from days and hours that lie whole in the
 * window and from raw rows for its edge only. The sums are additive; server/http/stats.ts adds them up.
 */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { ceilTo, DAY_MS, HOUR_MS } from "./usage.ts";

export interface UsageGroup {
  /** The asking caller's own. */
  readonly mine: 0 | 1;
  /** Empty for other callers. */
  readonly client: string;
  readonly routeKind: string;
  readonly cache: string;
  readonly backend: string;
  readonly outcome: string;
  /** The identity that was tried last, of a fallback that was its fault; else empty. */
  readonly identity: string;
  readonly requests: number;
  readonly coalesced: number;
  readonly revalidated: number;
  readonly cacheable: number;
  readonly eligible: number;
  readonly errors: number;
  readonly serviceErrors: number;
  readonly fallbacks: number;
  readonly saved: number;
  readonly backendRequests: number;
  readonly lastSeen: number;
  readonly durationMs: number;
}

export interface CacheTotals {
  readonly total: number;
  readonly fresh: number;
  readonly bodyBytes: number;
}

export interface UsageAsk {
  readonly poolId: string;
  readonly callerId: string;
  /** Epoch ms; the window ends now. */
  readonly from: number;
  readonly now: number;
}

/**
 * Usage since `from` and the cache's totals, in one batch of ranges by index: audit_events_pool_at for the part of the
 * first hour, usage_hourly and usage_daily by primary key prefix, github_cache_entries_kind for the totals.
 */
export async function readUsage(db: Db, ask: UsageAsk): Promise<{ groups: readonly UsageGroup[]; cache: CacheTotals }> {
  const firstHour = ceilTo(ask.from, HOUR_MS);
  const firstDay = ceilTo(firstHour, DAY_MS);
  // Short windows skip the days: they would read as many rows as the hours do.
  const long = ask.now - ask.from > 2 * DAY_MS;
  const closed = sql`(SELECT usage_closed_until FROM pools WHERE id = ${ask.poolId})`;
  const results = await db.batch([
    allSql<Row>(db, rawQuery(ask, firstHour)),
    allSql<Row>(
      db,
      rollupQuery(
        ask,
        "usage_hourly",
        sql`hour >= ${firstHour} AND hour < ${long ? firstDay : Number.MAX_SAFE_INTEGER}`,
      ),
    ),
    allSql<CacheTotals>(
      db,
      sql`
      SELECT count(*) AS total, coalesce(sum(fresh_until > ${ask.now}), 0) AS fresh,
        coalesce(sum(body_bytes), 0) AS bodyBytes FROM github_cache_entries WHERE pool_id = ${ask.poolId}`,
    ),
    ...(long
      ? [
          allSql<Row>(db, rollupQuery(ask, "usage_daily", sql`day >= ${firstDay} AND day < ${closed}`)),
          allSql<Row>(db, rollupQuery(ask, "usage_hourly", sql`hour >= max(${firstDay}, ${closed})`)),
        ]
      : []),
  ]);
  const [raw, hours, totals, ...days] = results;
  const cache = totals[0] ?? { total: 0, fresh: 0, bodyBytes: 0 };
  return { groups: [...raw, ...hours, ...days.flat()].map(groupOf), cache };
}

/** Each number of a group as audit rows tell it; the rollups keep it under the same name. */
const RAW_SUMS = {
  requests: "count(*)",
  coalesced: "sum(coalesced)",
  revalidated: "sum(revalidated)",
  cacheable: "sum(cacheable OR cache IN ('hit', 'stale'))",
  eligible: "sum(cache IN ('hit', 'stale', 'miss'))",
  errors: "sum(error_code <> '' AND fallback_reason = '')",
  serviceErrors: "sum(error_code <> '' AND fallback_reason = '' AND status >= 500)",
  fallbacks: "sum(fallback_reason <> '')",
  saved: "sum(error_code = '' AND fallback_reason = '' AND quota_units = 0)",
  backendRequests: "sum(upstream_calls > 0)",
  lastSeen: "max(at)",
  durationMs: "sum(duration_ms)",
} as const;

type Sum = keyof typeof RAW_SUMS;
const NUMBERS = Object.keys(RAW_SUMS) as readonly Sum[];
const columnOf = (name: Sum) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const ROLLUP_SUMS = NUMBERS.map((name) => `${name === "lastSeen" ? "max" : "sum"}(${columnOf(name)})`);

type Sql = ReturnType<typeof sql>;
type Row = Omit<UsageGroup, Sum> & { readonly sums: string };

/** One text of all sums: D1 sends a row as JSON with every column's name. */
const joined = (sums: readonly string[]) => sql.raw(`${sums.join(" || ',' || ")} AS sums`);

function groupOf({ sums, ...key }: Row): UsageGroup {
  const numbers = sums.split(",").map(Number);
  const named = Object.fromEntries(NUMBERS.map((name, index) => [name, numbers[index] ?? 0]));
  return { ...key, ...(named as Record<Sum, number>) };
}

/** Others' rows first, and apart: fewer columns to sort by for what is nearly all of them. */
function twice(ask: UsageAsk, select: (who: Sql) => Sql): Sql {
  const { callerId } = ask;
  return sql`${select(sql`0 AS mine, '' AS client`)} AND caller_id <> ${callerId} GROUP BY 3, 4, 5, 6, 7
    UNION ALL ${select(sql`1 AS mine, client_name AS client`)} AND caller_id = ${callerId} GROUP BY 2, 3, 4, 5, 6, 7`;
}

function rollupQuery(ask: UsageAsk, table: "usage_hourly" | "usage_daily", range: Sql) {
  return twice(
    ask,
    (who) => sql`SELECT ${who}, route_kind AS routeKind, cache, backend, outcome,
      CASE WHEN substr(outcome, 1, 9) = 'fallback:' THEN identity_id ELSE '' END AS identity, ${joined(ROLLUP_SUMS)}
    FROM ${sql.raw(table)} WHERE pool_id = ${ask.poolId} AND ${range}`,
  );
}

/** The same counts from audit rows; what counts as what is defined in usage.ts, and a test holds the two together. */
function rawQuery(ask: UsageAsk, to: number) {
  return twice(
    ask,
    (who) => sql`SELECT ${who}, route_kind AS routeKind, cache, backend,
      CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason
        WHEN error_code <> '' THEN 'error:' || error_code ELSE 'ok' END AS outcome,
      CASE WHEN fallback_reason <> '' THEN identity_id ELSE '' END AS identity, ${joined(Object.values(RAW_SUMS))}
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from} AND at < ${to}`,
  );
}
