/** The parts of a window's usage, from whichever table knows them, in the same columns; usage-groups.ts adds them up. */
import { sql } from "drizzle-orm";
import { type RunningTable, RUNNING_SUMS } from "./running-sums.ts";
import { type Hours, termsOf, termTable } from "./summed-hours.ts";
import { ceilTo, DAY_MS, floorTo } from "./usage.ts";

export interface UsageAsk {
  readonly poolId: string;
  /** Undefined: of all. */
  readonly callerIds: readonly string[] | undefined;
  readonly by: readonly string[];
}

export interface RowsEdge {
  readonly from: number;
  readonly to: number;
  readonly sign: 1 | -1;
}

export type Sql = ReturnType<typeof sql>;

/** The numbers of each part, in its order of columns; `lastSeen` is the latest, the others are sums. */
export const PART_NUMBERS = [
  "requests",
  "quotaUnits",
  "fromCache",
  "eligible",
  "saved",
  "errors",
  "fallbacks",
  "durationMs",
  "lastSeen",
] as const;

/** Kept in step with countsOf in usage.ts; a test holds the two together. `sign`: as of OF_SUMS. */
const ofRow = (sign: 1 | -1) =>
  sql.raw(`${sign} AS requests, ${sign} * quota_units AS quotaUnits, ${sign} * (cache IN ('hit', 'stale')) AS fromCache,
  ${sign} * (cache IN ('hit', 'stale', 'miss')) AS eligible,
  ${sign} * (error_code = '' AND fallback_reason = '' AND quota_units = 0) AS saved,
  ${sign} * (error_code <> '' AND fallback_reason = '') AS errors, ${sign} * (fallback_reason <> '') AS fallbacks,
  ${sign} * duration_ms AS durationMs, ${sign > 0 ? "at" : "0"} AS lastSeen`);
const OF_ROLLUP = sql.raw(`requests, quota_units AS quotaUnits,
  CASE WHEN cache IN ('hit', 'stale') THEN requests ELSE 0 END AS fromCache, eligible, saved, errors, fallbacks,
  duration_ms AS durationMs, last_seen AS lastSeen`);
/** A group's newest row is that of a set that is added: if it has requests at all, none that is taken away has a newer one. */
const OF_SUMS = sql.raw(`sign * requests AS requests, sign * quota_units AS quotaUnits, sign * from_cache AS fromCache,
  sign * eligible AS eligible, sign * saved AS saved, sign * errors AS errors, sign * fallbacks AS fallbacks,
  sign * duration_ms AS durationMs, iif(sign > 0, last_seen, 0) AS lastSeen`);

/** Rows of a part of an hour, added or taken away. */
export function rowsPart(ask: UsageAsk, { from, to, sign }: RowsEdge): Sql {
  const names = ask.by.map((name) =>
    name === "outcome"
      ? sql`CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason
          WHEN error_code <> '' THEN 'error:' || error_code ELSE 'ok' END AS outcome`
      : sql.raw(name),
  );
  return sql`SELECT ${sql.join(names, sql`, `)}, ${ofRow(sign)} FROM audit_events
    WHERE pool_id = ${ask.poolId} AND at >= ${from} AND at < ${to} AND ${ofCallers(ask)}`;
}

export function hoursPart(ask: UsageAsk, table: "usage_hourly" | "usage_routes_hourly", { from, to }: Hours): Sql {
  return rollupPart(ask, table, sql`hour >= ${from} AND hour < ${to}`);
}

/** Whole closed days of a long window, and the hours around them. */
export function daysParts(ask: UsageAsk, { from, to }: Hours): readonly Sql[] {
  const firstDay = Math.min(ceilTo(from, DAY_MS), to);
  const endDay = Math.max(floorTo(to, DAY_MS), firstDay);
  const closed = sql`coalesce((SELECT usage_closed_until FROM pools WHERE id = ${ask.poolId}), 0)`;
  return [
    hoursPart(ask, "usage_hourly", { from, to: firstDay }),
    rollupPart(ask, "usage_daily", sql`day >= ${firstDay} AND day < min(${endDay}, ${closed})`),
    rollupPart(ask, "usage_hourly", sql`hour >= max(${firstDay}, min(${endDay}, ${closed})) AND hour < ${to}`),
  ];
}

function rollupPart(ask: UsageAsk, table: "usage_hourly" | "usage_daily" | "usage_routes_hourly", range: Sql): Sql {
  return sql`SELECT ${sql.raw(ask.by.join(", "))}, ${OF_ROLLUP} FROM ${sql.raw(table)}
    WHERE pool_id = ${ask.poolId} AND ${range} AND ${ofCallers(ask)}`;
}

/** Hours that are summed up. */
export function sumsPart(ask: UsageAsk, table: RunningTable, hours: Hours): Sql {
  return sql`SELECT ${sql.raw(ask.by.join(", "))}, ${OF_SUMS}
    FROM ${termTable(termsOf(hours))} CROSS JOIN ${sql.raw(table)} AS summed
      ON summed.pool_id = ${ask.poolId} AND summed.until = term.until AND summed.span = term.span
    WHERE ${ofCallers(ask)}`;
}

function ofCallers({ callerIds }: UsageAsk): Sql {
  return callerIds === undefined
    ? sql`1 = 1`
    : sql`caller_id IN (SELECT value FROM json_each(${JSON.stringify(callerIds)}))`;
}

/** The smallest running sums that know what is asked. */
export function runningTableOf({ by, callerIds }: UsageAsk): RunningTable | undefined {
  const tables = ["usage_kinds", "usage_callers", "usage_patterns"] as const;
  const needed = callerIds === undefined ? by : [...by, "caller_id"];
  return tables.find((table) => needed.every((name) => RUNNING_SUMS[table].dimensions.includes(name)));
}
