/**
 * Usage of a window grouped by the dimensions a room asks for: raw rows for what lies before its first whole hour, the
 * running sums for its settled hours, and the rollups for the last ones. The parts are additive.
 */
import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { readSummedUntil } from "./running-sums.ts";
import { type Hours, summedPartEnd } from "./summed-hours.ts";
import { ceilTo, DAY_MS, floorTo, HOUR_MS, hourOf } from "./usage.ts";
import {
  daysParts,
  hoursPart,
  PART_NUMBERS,
  type RowsEdge,
  rowsPart,
  runningTableOf,
  type Sql,
  sumsPart,
  type UsageAsk,
} from "./usage-group-queries.ts";

export interface UsageWindow {
  readonly poolId: string;
  /** Epoch ms; `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Of these callers only. */
  readonly callerIds?: readonly string[];
}

export type UsageDimension = "caller_id" | "client_name" | "route_kind" | "outcome";
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

/** Most requests first. Indexes: see read. */
export function readUsageBy<Dimension extends UsageDimension>(
  db: Db,
  window: UsageWindow,
  by: readonly Dimension[],
): Promise<Grouped<Dimension>> {
  return read(db, { ...window, source: "usage_hourly" }, by);
}

/** The same of what only the routes' rollup knows. */
export function readPatternsBy<Dimension extends PatternDimension>(
  db: Db,
  window: UsageWindow,
  by: readonly Dimension[],
): Promise<Grouped<Dimension>> {
  return read(db, { ...window, source: "usage_routes_hourly" }, by);
}

/** audit_events_pool_at; the running sums, the hours and the days by primary key prefix; in one query. */
async function read<Dimension extends string>(
  db: Db,
  window: UsageWindow & { readonly source: "usage_hourly" | "usage_routes_hourly" },
  by: readonly Dimension[],
): Promise<Grouped<Dimension>> {
  const places = sql.raw(by.map((_, at) => at + 1).join(", "));
  const numbers = PART_NUMBERS.map((name) => `${name === "lastSeen" ? "max" : "sum"}(${name})`);
  // One text of all sums, as in series-sums.ts: of thousands of patterns each value less counts.
  const rows = await db.values<string[]>(
    sql`SELECT ${sql.raw([...by, numbers.join(" || ',' || ")].join(", "))}
    FROM (${sql.join(await partsOf(db, window, by), sql` UNION ALL `)})
    GROUP BY ${places} HAVING sum(requests) > 0 ORDER BY sum(requests) DESC, ${places} LIMIT ${MOST_GROUPS + 1}`,
  );
  return { groups: rows.slice(0, MOST_GROUPS).map((row) => groupOf(row, by)), cut: rows.length > MOST_GROUPS };
}

function groupOf<Dimension extends string>(row: readonly string[], by: readonly Dimension[]): UsageGroupOf<Dimension> {
  const key = Object.fromEntries(by.map((name, at) => [name, row[at]]));
  const numbers = (row[by.length] ?? "").split(",");
  const sums = Object.fromEntries(PART_NUMBERS.map((name, at) => [name, Number(numbers[at])]));
  return { ...sums, key } as UsageGroupOf<Dimension>;
}

async function partsOf(
  db: Db,
  window: UsageWindow & { readonly source: "usage_hourly" | "usage_routes_hourly" },
  by: readonly string[],
): Promise<Sql[]> {
  const { poolId, from, to, now, source, callerIds } = window;
  const ask: UsageAsk = { poolId, callerIds, by };
  const { hours, edges } = edgesOf(window);
  const rows = edges.map((edge) => rowsPart(ask, edge));
  if (hours.from >= hours.to) return rows;
  const table = runningTableOf(ask);
  const end = table === undefined ? undefined : summedPartEnd(hours, await readSummedUntil(db, poolId, now), now);
  if (table !== undefined && end !== undefined) {
    const later = { from: end, to: hours.to };
    return [sumsPart(ask, table, { from: hours.from, to: end }), hoursPart(ask, source, later), ...rows];
  }
  const isLong = source === "usage_hourly" && to - from > 2 * DAY_MS;
  return [...(isLong ? daysParts(ask, hours) : [hoursPart(ask, source, hours)]), ...rows];
}

/** Rows are kept for thirty days (retention.ts): a window's beginning may be older than what came just before it. */
const ROWS_KNOWN_MS = 29 * DAY_MS;

/**
 * The hours of a window, and the rows before and after them. Its first hour is read from its rows or, where fewer of them
 * came before the window, whole and without those. The hour that is now has no rows after now: it is whole.
 */
function edgesOf({ from, to, now }: UsageWindow): { readonly hours: Hours; readonly edges: readonly RowsEdge[] } {
  const first = Math.min(ceilTo(from, HOUR_MS), to);
  const end = to >= now && first < to ? ceilTo(to, HOUR_MS) : floorTo(to, HOUR_MS);
  const hours = { from: first, to: Math.max(end, first) };
  const before = hourOf(from);
  const isNearer = hours.from < hours.to && from - before < first - from && before >= now - ROWS_KNOWN_MS;
  const edges: readonly RowsEdge[] = [
    isNearer ? { from: before, to: from, sign: -1 } : { from, to: first, sign: 1 },
    { from: hours.to, to, sign: 1 },
  ];
  return { hours: isNearer ? { ...hours, from: before } : hours, edges: edges.filter((edge) => edge.from < edge.to) };
}
