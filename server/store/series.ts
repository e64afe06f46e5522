/**
 * Usage over time by how it was answered, for the dashboard's charts. Short windows are read from audit rows; those up to
 * two days from hours, with audit rows for their edges; longer ones from whole hours and days, whose edges are rounded to
 * the hours around them. So no window reads more than about two hours of audit rows.
 */
import { sql } from "drizzle-orm";
import { STATUS_NAMES, type StatusCounts } from "../../shared/dashboard/status.ts";
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

/** The numbers of a bucket, or of a part of one. */
export interface SeriesPoint {
  readonly bucket: number;
  readonly counts: StatusCounts;
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
  const hours = (start: Sql | number, end: Sql | number): Piece => ({
    table: "usage_hourly",
    range: sql`hour >= ${start} AND hour < ${end}`,
  });
  if (to - from <= LONG_MS) {
    const firstHour = ceilTo(from, HOUR_MS);
    // The hour that is now has no rows after now, so it is whole.
    const lastHour = to >= now ? ceilTo(to, HOUR_MS) : floorTo(to, HOUR_MS);
    return [...rows(from, firstHour), ...rows(lastHour, to), hours(firstHour, lastHour)];
  }
  const [firstHour, lastHour] = [floorTo(from, HOUR_MS), ceilTo(to, HOUR_MS)];
  const firstDay = ceilTo(firstHour, DAY_MS);
  const lastDay = floorTo(lastHour, DAY_MS);
  const closed = sql`(SELECT usage_closed_until FROM pools WHERE id = ${poolId})`;
  return [
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

const RAW_OK = "error_code = '' AND fallback_reason = ''";
/** By status, in the order of STATUS_NAMES; a sum of nothing is null. */
const RAW_COUNTS = [
  `sum(${RAW_OK} AND cache = 'hit' AND revalidated = 0)`,
  `sum(${RAW_OK} AND cache = 'hit' AND revalidated <> 0)`,
  ...["stale", "miss", "bypass"].map((cache) => `sum(${RAW_OK} AND cache = '${cache}')`),
  "sum(fallback_reason <> '')",
  "sum(error_code <> '' AND fallback_reason = '')",
];
const ROLLED_COUNTS = [
  "sum(iif(outcome = 'ok' AND cache = 'hit', requests - revalidated, 0))",
  "sum(iif(outcome = 'ok' AND cache = 'hit', revalidated, 0))",
  ...["stale", "miss", "bypass"].map((cache) => `sum(iif(outcome = 'ok' AND cache = '${cache}', requests, 0))`),
  "sum(fallbacks)",
  "sum(errors)",
];
const RAW_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, index) => {
  const above = index === 0 ? "1" : `duration_ms > ${LATENCY_BOUNDS_MS[index - 1]}`;
  const upTo = LATENCY_BOUNDS_MS[index] === undefined ? "1" : `duration_ms <= ${LATENCY_BOUNDS_MS[index]}`;
  return `sum(${above} AND ${upTo})`;
});
const ROLLED_LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, index) => `sum(latency_${index})`);

/** One text of all sums: D1 sends a row as JSON with every column's name, and a point has nineteen. */
const joined = (sums: readonly string[]) => sql.raw(sums.map((sum) => `coalesce(${sum}, 0)`).join(" || ',' || "));
const RAW_SUMS = joined([...RAW_COUNTS, `sum(${RAW_OK} AND quota_units = 0)`, "sum(quota_units)", ...RAW_LATENCY]);
const ROLLED_SUMS = joined([...ROLLED_COUNTS, "sum(saved)", "sum(quota_units)", ...ROLLED_LATENCY]);
export const COUNTS = { audit_events: joined(RAW_COUNTS), rollup: joined(ROLLED_COUNTS) };

/** Rollups are grouped by their own time, which is the index's order and needs no sorting; the rest is added up here. */
function seriesQuery({ poolId, bucketMs, shiftMs }: SeriesAsk, { table, range }: Piece): Sql {
  if (table !== "audit_events") {
    const time = sql.raw(table === "usage_hourly" ? "hour" : "day");
    return sql`SELECT ${time} + ${shiftMs} AS time, ${ROLLED_SUMS} AS sums FROM ${sql.raw(table)}
      WHERE pool_id = ${poolId} AND ${range} GROUP BY ${time}`;
  }
  // Written out: D1 binds numbers as reals, and reals divide into fractions.
  const [bucket, shift] = [Math.trunc(bucketMs), Math.trunc(shiftMs)].map((ms) => sql.raw(String(ms)));
  return sql`SELECT (at + ${shift}) / ${bucket} * ${bucket} AS time, ${RAW_SUMS} AS sums FROM audit_events
    WHERE pool_id = ${poolId} AND ${range} GROUP BY 1`;
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

interface SeriesRow {
  readonly time: number;
  readonly sums: string;
}

/** Two windows over each other and what the later one is made of, in one batch. Points of one bucket may repeat. */
export async function readSeries(
  db: Db,
  ask: SeriesAsk,
  before: SeriesAsk,
): Promise<{
  readonly series: readonly SeriesPoint[];
  readonly before: readonly SeriesPoint[];
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
    series: (results.slice(0, pieces.length).flat() as SeriesRow[]).map(toPoint(ask)),
    before: (results.slice(pieces.length, end).flat() as SeriesRow[]).map(toPoint(before)),
    breakdown: results.slice(end).flat() as BreakdownGroup[],
  };
}

const toPoint =
  ({ bucketMs }: SeriesAsk) =>
  ({ time, sums }: SeriesRow): SeriesPoint => {
    const numbers = sums.split(",").map(Number);
    const [saved = 0, units = 0, ...latency] = numbers.slice(STATUS_NAMES.length);
    return { bucket: Math.floor(time / bucketMs) * bucketMs, counts: countsOfText(sums), saved, units, latency };
  };

/** The counts that COUNTS, or a point's sums, begin with. */
export function countsOfText(sums: string): StatusCounts {
  const numbers = sums.split(",").map(Number);
  return Object.fromEntries(STATUS_NAMES.map((name, index) => [name, numbers[index] ?? 0])) as StatusCounts;
}

/** Audit rows that isolates had to drop in a window, of any pool (audit_batches_at). */
export async function countLostRows(db: Db, from: number, to: number): Promise<number> {
  const [row] = await db.all<{ lost: number | null }>(
    sql`SELECT sum(lost) AS lost FROM audit_batches WHERE at >= ${from} AND at < ${to}`,
  );
  return row?.lost ?? 0;
}
