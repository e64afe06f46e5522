/**
 * Usage over time by how it was answered, for the dashboard's charts. Short windows are read from audit rows; long ones
 * from hours and days, with audit rows for their edges only, so that no window reads more than about two hours of rows.
 */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { LATENCY_BOUNDS_MS, LATENCY_BUCKETS } from "./latency.ts";
import { DAY_MS, HOUR_MS } from "./usage.ts";

export interface SeriesAsk {
  readonly poolId: string;
  /** Epoch ms; `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly bucketMs: number;
  /** Added to every time before it finds its bucket: lays one window over another. */
  readonly shiftMs: number;
}

export interface SeriesGroup {
  readonly bucket: number;
  /** `hit`, `stale`, `miss`, `bypass`, `fallback`, `error`. */
  readonly answer: string;
  readonly requests: number;
  readonly revalidated: number;
  readonly saved: number;
  readonly units: number;
  readonly latency: readonly number[];
}

export interface BreakdownGroup {
  readonly routeKind: string;
  readonly answer: string;
  /** `ok`, `fallback:<reason>` or `error:<code>`. */
  readonly outcome: string;
  readonly requests: number;
  readonly revalidated: number;
  readonly lastAt: number;
}

type Sql = ReturnType<typeof sql>;

/** A part of a window, and the table that knows it. */
interface Piece {
  readonly table: "audit_events" | "usage_hourly" | "usage_daily";
  readonly range: Sql;
}

const RAW_MS = 2 * HOUR_MS;
const LONG_MS = 2 * DAY_MS;
const ceilTo = (at: number, unit: number) => Math.ceil(at / unit) * unit;
const floorTo = (at: number, unit: number) => Math.floor(at / unit) * unit;

/** Indexes: audit_events_pool_at; usage_hourly and usage_daily by primary key prefix (pool, time). */
export function piecesOf({
  poolId,
  from,
  to,
  now,
}: Pick<SeriesAsk, "poolId" | "from" | "to" | "now">): readonly Piece[] {
  const rows = (start: number, end: number): readonly Piece[] =>
    start < end ? [{ table: "audit_events", range: sql`at >= ${start} AND at < ${end}` }] : [];
  if (to - from <= RAW_MS) return rows(from, to);
  const firstHour = ceilTo(from, HOUR_MS);
  // The hour that is now has no rows after now, so it is whole.
  const lastHour = to >= now ? ceilTo(to, HOUR_MS) : floorTo(to, HOUR_MS);
  const hours = (start: Sql | number, end: Sql | number): Piece => ({
    table: "usage_hourly",
    range: sql`hour >= ${start} AND hour < ${end}`,
  });
  const edges = [...rows(from, firstHour), ...rows(lastHour, to)];
  const firstDay = ceilTo(firstHour, DAY_MS);
  const lastDay = floorTo(lastHour, DAY_MS);
  if (to - from <= LONG_MS) return [...edges, hours(firstHour, lastHour)];
  const closed = sql`(SELECT usage_closed_until FROM pools WHERE id = ${poolId})`;
  return [
    ...edges,
    hours(firstHour, firstDay),
    { table: "usage_daily", range: sql`day >= ${firstDay} AND day < min(${closed}, ${lastDay})` },
    hours(sql`max(${firstDay}, min(${closed}, ${lastDay}))`, lastHour),
  ];
}

export const ANSWER = {
  audit_events: sql.raw(
    "CASE WHEN fallback_reason <> '' THEN 'fallback' WHEN error_code <> '' THEN 'error' ELSE cache END",
  ),
  rollup: sql.raw(
    "CASE WHEN outcome = 'ok' THEN cache WHEN substr(outcome, 1, 9) = 'fallback:' THEN 'fallback' ELSE 'error' END",
  ),
};
const TIME = { audit_events: sql.raw("at"), usage_hourly: sql.raw("hour"), usage_daily: sql.raw("day") };

const RAW_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, index) => {
  const above = index === 0 ? "1" : `duration_ms > ${LATENCY_BOUNDS_MS[index - 1]}`;
  const upTo = LATENCY_BOUNDS_MS[index] === undefined ? "1" : `duration_ms <= ${LATENCY_BOUNDS_MS[index]}`;
  return `sum(${above} AND ${upTo}) AS latency_${index}`;
}).join(", ");
const ROLLED_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, i) => `sum(latency_${i}) AS latency_${i}`).join(
  ", ",
);

const RAW_SUMS = sql.raw(`count(*) AS requests, sum(revalidated) AS revalidated,
  sum(error_code = '' AND fallback_reason = '' AND quota_units = 0) AS saved, sum(quota_units) AS units, ${RAW_LATENCY}`);
const ROLLED_SUMS = sql.raw(`sum(requests) AS requests, sum(revalidated) AS revalidated, sum(saved) AS saved,
  sum(quota_units) AS units, ${ROLLED_LATENCY}`);

function seriesQuery(ask: SeriesAsk, { table, range }: Piece): Sql {
  const isRaw = table === "audit_events";
  // Written out: D1 binds numbers as reals, and reals divide into fractions.
  const [bucketMs, shiftMs] = [Math.trunc(ask.bucketMs), Math.trunc(ask.shiftMs)].map((ms) => sql.raw(String(ms)));
  return sql`SELECT (${TIME[table]} + ${shiftMs}) / ${bucketMs} * ${bucketMs} AS bucket,
      ${isRaw ? ANSWER.audit_events : ANSWER.rollup} AS answer, ${isRaw ? RAW_SUMS : ROLLED_SUMS}
    FROM ${sql.raw(table)} WHERE pool_id = ${ask.poolId} AND ${range} GROUP BY 1, 2`;
}

const RAW_OUTCOME = sql.raw(
  `CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason WHEN error_code <> '' THEN 'error:' || error_code
    ELSE 'ok' END`,
);

function breakdownQuery(ask: SeriesAsk, { table, range }: Piece): Sql {
  const isRaw = table === "audit_events";
  return sql`SELECT route_kind AS routeKind, ${isRaw ? ANSWER.audit_events : ANSWER.rollup} AS answer,
      ${isRaw ? RAW_OUTCOME : sql.raw("outcome")} AS outcome,
      ${sql.raw(isRaw ? "count(*)" : "sum(requests)")} AS requests, sum(revalidated) AS revalidated,
      ${sql.raw(isRaw ? "max(at)" : "max(last_seen)")} AS lastAt
    FROM ${sql.raw(table)} WHERE pool_id = ${ask.poolId} AND ${range} GROUP BY 1, 2, 3`;
}

type SeriesRow = Omit<SeriesGroup, "latency"> & Readonly<Record<`latency_${number}`, number>>;

/** Two windows over each other and what the later one is made of, in one batch. Groups of one bucket may repeat. */
export async function readSeries(
  db: Db,
  ask: SeriesAsk,
  before: SeriesAsk,
): Promise<{
  readonly series: readonly SeriesGroup[];
  readonly before: readonly SeriesGroup[];
  readonly breakdown: readonly BreakdownGroup[];
}> {
  const [pieces, earlier] = [piecesOf(ask), piecesOf(before)];
  const queries = [
    ...pieces.map((piece) => allSql<unknown>(db, seriesQuery(ask, piece))),
    ...earlier.map((piece) => allSql<unknown>(db, seriesQuery(before, piece))),
    ...pieces.map((piece) => allSql<unknown>(db, breakdownQuery(ask, piece))),
  ];
  const [first, ...rest] = queries;
  if (first === undefined) return { series: [], before: [], breakdown: [] };
  const results = await db.batch([first, ...rest]);
  const end = pieces.length + earlier.length;
  return {
    series: (results.slice(0, pieces.length).flat() as SeriesRow[]).map(toGroup),
    before: (results.slice(pieces.length, end).flat() as SeriesRow[]).map(toGroup),
    breakdown: results.slice(end).flat() as BreakdownGroup[],
  };
}

function toGroup(row: SeriesRow): SeriesGroup {
  const { bucket, answer, requests, revalidated, saved, units } = row;
  const latency = Array.from({ length: LATENCY_BUCKETS }, (_, index) => row[`latency_${index}`] ?? 0);
  return { bucket, answer, requests, revalidated, saved, units, latency };
}

/** Audit rows that isolates had to drop in a window, of any pool (audit_batches_at). */
export async function countLostRows(db: Db, from: number, to: number): Promise<number> {
  const [row] = await db.all<{ lost: number | null }>(
    sql`SELECT sum(lost) AS lost FROM audit_batches WHERE at >= ${from} AND at < ${to}`,
  );
  return row?.lost ?? 0;
}
