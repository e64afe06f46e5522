/**
 * Usage of a window grouped by the dimensions a room asks for: raw rows for its edges, whole hours, and whole closed
 * days where the window is long. The parts are additive and are added up here.
 */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { DAY_MS, HOUR_MS } from "./usage.ts";

export interface UsageWindow {
  readonly poolId: string;
  /** Epoch ms; `to` excluded. */
  readonly from: number;
  readonly to: number;
}

export type UsageDimension = "caller_id" | "client_name" | "route_kind" | "identity_id" | "outcome";
export type PatternDimension = "route_kind" | "route_key" | "miss_reason" | "outcome";

export interface UsageSums {
  readonly requests: number;
  readonly quotaUnits: number;
  /** Hits, revalidated and stale: answered from the cache. */
  readonly fromCache: number;
  /** Those and the misses. */
  readonly eligible: number;
  readonly saved: number;
  readonly errors: number;
  readonly fallbacks: number;
  readonly lastSeen: number;
  readonly durationMs: number;
}

export type UsageGroupOf<Dimension extends string> = UsageSums & { readonly key: Readonly<Record<Dimension, string>> };

/** A room asks for one of its own; beyond this many the smallest are left out, and `cut` says so. */
export const MOST_GROUPS = 5_000;

export interface Grouped<Dimension extends string> {
  readonly groups: readonly UsageGroupOf<Dimension>[];
  readonly cut: boolean;
}

type Row = Record<string, string | number>;
type Range = ReturnType<typeof sql>;

/** audit_events_pool_at, then usage_hourly and usage_daily by primary key prefix, in one batch. Most requests first. */
export async function readUsageBy<Dimension extends UsageDimension>(
  db: Db,
  window: UsageWindow,
  by: readonly Dimension[],
): Promise<Grouped<Dimension>> {
  const { firstHour, endHour } = wholeHours(window);
  const firstDay = Math.min(ceilTo(firstHour, DAY_MS), endHour);
  const endDay = Math.max(floorTo(endHour, DAY_MS), firstDay);
  // Short windows skip the days: they would read as many rows as the hours do.
  const isLong = window.to - window.from > 2 * DAY_MS;
  const closed = sql`coalesce((SELECT usage_closed_until FROM pools WHERE id = ${window.poolId}), 0)`;
  const hours = (range: Range) => rollupQuery(db, { table: "usage_hourly", window, range, by });
  const parts = await db.batch([
    hours(sql`hour >= ${firstHour} AND hour < ${isLong ? firstDay : endHour}`),
    ...(isLong
      ? [
          rollupQuery(db, {
            table: "usage_daily",
            window,
            range: sql`day >= ${firstDay} AND day < min(${endDay}, ${closed})`,
            by,
          }),
          hours(sql`hour >= max(${firstDay}, min(${endDay}, ${closed})) AND hour < ${endHour}`),
        ]
      : []),
    ...rawQueries(db, window, by),
  ]);
  return merged(parts, by);
}

/** audit_events_pool_at, then usage_routes_hourly by primary key prefix, in one batch. Most requests first. */
export async function readPatternsBy<Dimension extends PatternDimension>(
  db: Db,
  window: UsageWindow,
  by: readonly Dimension[],
): Promise<Grouped<Dimension>> {
  const { firstHour, endHour } = wholeHours(window);
  const parts = await db.batch([
    rollupQuery(db, {
      table: "usage_routes_hourly",
      window,
      range: sql`hour >= ${firstHour} AND hour < ${endHour}`,
      by,
    }),
    ...rawQueries(db, window, by),
  ]);
  return merged(parts, by);
}

const ceilTo = (at: number, unit: number) => Math.ceil(at / unit) * unit;
const floorTo = (at: number, unit: number) => Math.floor(at / unit) * unit;

/** The hours that lie whole in the window; none where it is shorter than that. */
function wholeHours({ from, to }: UsageWindow) {
  const firstHour = Math.min(ceilTo(from, HOUR_MS), to);
  return { firstHour, endHour: Math.max(floorTo(to, HOUR_MS), firstHour) };
}

function columns(by: readonly string[]) {
  return { names: sql.raw(by.join(", ")), places: sql.raw(by.map((_, index) => index + 1).join(", ")) };
}

/** The window's edges, before and after its whole hours. */
function rawQueries(db: Db, window: UsageWindow, by: readonly string[]) {
  const { firstHour, endHour } = wholeHours(window);
  const edges = [
    { from: window.from, to: firstHour },
    { from: endHour, to: window.to },
  ].filter((edge) => edge.from < edge.to);
  return edges.map((edge) => rawQuery(db, { ...edge, poolId: window.poolId }, by));
}

/** Kept in step with countsOf in usage.ts; a test holds the two together. */
function rawQuery(db: Db, { poolId, from, to }: UsageWindow, by: readonly string[]) {
  const names = by.map((name) =>
    name === "outcome"
      ? sql`CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason
          WHEN error_code <> '' THEN 'error:' || error_code ELSE 'ok' END AS outcome`
      : sql.raw(name),
  );
  return allSql<Row>(
    db,
    sql`SELECT ${sql.join(names, sql`, `)}, count(*) AS requests, sum(quota_units) AS quotaUnits,
      sum(cache IN ('hit', 'stale')) AS fromCache, sum(cache IN ('hit', 'stale', 'miss')) AS eligible,
      sum(error_code = '' AND fallback_reason = '' AND quota_units = 0) AS saved,
      sum(error_code <> '' AND fallback_reason = '') AS errors, sum(fallback_reason <> '') AS fallbacks,
      max(at) AS lastSeen, sum(duration_ms) AS durationMs
    FROM audit_events WHERE pool_id = ${poolId} AND at >= ${from} AND at < ${to}
    GROUP BY ${columns(by).places} ORDER BY requests DESC LIMIT ${MOST_GROUPS + 1}`,
  );
}

function rollupQuery(
  db: Db,
  ask: {
    readonly table: "usage_hourly" | "usage_daily" | "usage_routes_hourly";
    readonly window: UsageWindow;
    readonly range: Range;
    readonly by: readonly string[];
  },
) {
  const { names, places } = columns(ask.by);
  return allSql<Row>(
    db,
    sql`SELECT ${names}, sum(requests) AS requests, sum(quota_units) AS quotaUnits,
      sum(CASE WHEN cache IN ('hit', 'stale') THEN requests ELSE 0 END) AS fromCache, sum(eligible) AS eligible,
      sum(saved) AS saved, sum(errors) AS errors, sum(fallbacks) AS fallbacks, max(last_seen) AS lastSeen,
      sum(duration_ms) AS durationMs
    FROM ${sql.raw(ask.table)} WHERE pool_id = ${ask.window.poolId} AND ${ask.range}
    GROUP BY ${places} ORDER BY requests DESC LIMIT ${MOST_GROUPS + 1}`,
  );
}

const SUMS = ["requests", "quotaUnits", "fromCache", "eligible", "saved", "errors", "fallbacks", "durationMs"] as const;

function merged<Dimension extends string>(
  parts: readonly (readonly Row[])[],
  by: readonly Dimension[],
): Grouped<Dimension> {
  const groups = new Map<string, UsageGroupOf<Dimension>>();
  for (const row of parts.flat()) {
    const values = by.map((name) => String(row[name] ?? ""));
    const id = JSON.stringify(values);
    const before = groups.get(id);
    const sums = Object.fromEntries(SUMS.map((name) => [name, (before?.[name] ?? 0) + Number(row[name] ?? 0)]));
    const key = Object.fromEntries(by.map((name, index) => [name, values[index] ?? ""]));
    const lastSeen = Math.max(before?.lastSeen ?? 0, Number(row["lastSeen"] ?? 0));
    groups.set(id, { ...sums, key, lastSeen } as UsageGroupOf<Dimension>);
  }
  const sorted = [...groups.values()].sort((one, other) => other.requests - one.requests);
  const cut = parts.some((part) => part.length > MOST_GROUPS) || sorted.length > MOST_GROUPS;
  return { groups: sorted.slice(0, MOST_GROUPS), cut };
}
