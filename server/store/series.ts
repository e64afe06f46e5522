/** Usage over time by how it was answered, for the dashboard's charts; see series-pieces.ts for what it is read from. */
import { sql } from "drizzle-orm";
import { STATUS_NAMES, type StatusCounts } from "../../shared/dashboard/status.ts";
import { allSql, type Db } from "./db.ts";
import { readSummedUntil } from "./running-sums.ts";
import { isReadByRows, type Piece, piecesOf, type SeriesAsk } from "./series-pieces.ts";
import { ANSWER, countsOfNumbers, numbersOf, RAW_OUTCOME, SUMS } from "./series-sums.ts";
import { type Hours, segmentsOf, termsOf, termTable } from "./summed-hours.ts";
import { dayOf } from "./usage.ts";

export type { SeriesAsk } from "./series-pieces.ts";

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
type Row = SeriesRow & BreakdownGroup;

interface SeriesRow {
  readonly time: number;
  readonly sums: string;
}

/** A query, and what its rows tell of the series, of the breakdown, or of both. */
interface Part {
  readonly query: Sql;
  readonly points?: (rows: readonly Row[]) => readonly SeriesPoint[];
  readonly hasGroups?: boolean;
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
  const summedUntil = isReadByRows(ask) && isReadByRows(before) ? 0 : await readSummedUntil(db, ask.poolId, ask.now);
  const now = seriesParts(ask, summedUntil, true);
  const earlier = seriesParts(before, summedUntil, false);
  const [first, ...rest] = [...now, ...earlier].map(({ query }) => allSql<Row>(db, query));
  if (first === undefined) return { series: [], before: [], breakdown: [] };
  const results = await db.batch([first, ...rest]);
  const points = (parts: readonly Part[], start: number) =>
    parts.flatMap((part, index) => part.points?.(results[start + index] ?? []) ?? []);
  return {
    series: points(now, 0),
    before: points(earlier, now.length),
    breakdown: now.flatMap(({ hasGroups }, index) => (hasGroups === true ? (results[index] ?? []) : [])),
  };
}

function seriesParts(ask: SeriesAsk, summedUntil: number, withBreakdown: boolean): readonly Part[] {
  const { pieces, summed } = piecesOf(ask, summedUntil);
  const points = (rows: readonly Row[]) => rows.map(({ time, sums }) => pointOf(ask, time, numbersOf(sums)));
  // Rows of one hour are read once for both; of many buckets, both at once would be thousands of groups.
  const isAtOnce = (piece: Piece) => withBreakdown && piece.table === "audit_events" && !isReadByRows(ask);
  const parts = pieces.flatMap((piece): readonly Part[] => [
    isAtOnce(piece)
      ? { query: edgeQuery(ask, piece), points, hasGroups: true }
      : { query: seriesQuery(ask, piece), points },
    ...(withBreakdown && !isAtOnce(piece) ? [{ query: breakdownQuery(ask, piece), hasGroups: true }] : []),
  ]);
  if (summed.from >= summed.to) return parts;
  const breakdown = withBreakdown ? [{ query: summedBreakdownQuery(ask, summed), hasGroups: true }] : [];
  return [...parts, summedSeries(ask, summed), ...breakdown];
}

function pointOf({ bucketMs }: SeriesAsk, time: number, numbers: readonly number[]): SeriesPoint {
  const [saved = 0, units = 0, ...latency] = numbers.slice(STATUS_NAMES.length);
  return { bucket: Math.floor(time / bucketMs) * bucketMs, counts: countsOfNumbers(numbers), saved, units, latency };
}

/** Written out: D1 binds numbers as reals, and reals divide into fractions. */
function rowBucket({ bucketMs, shiftMs }: SeriesAsk): Sql {
  const [bucket, shift] = [bucketMs, shiftMs].map((ms) => String(Math.trunc(ms)));
  return sql.raw(`(at + ${shift}) / ${bucket} * ${bucket}`);
}

/** Rollups are grouped by their own time, which is the index's order and needs no sorting; the rest is added up here. */
function seriesQuery(ask: SeriesAsk, { table, range }: Piece): Sql {
  if (table === "audit_events") {
    return sql`SELECT ${rowBucket(ask)} AS time, ${SUMS.audit_events} AS sums FROM audit_events
      WHERE pool_id = ${ask.poolId} AND ${range} GROUP BY 1`;
  }
  const time = sql.raw(table === "usage_hourly" ? "hour" : "day");
  return sql`SELECT ${time} + ${ask.shiftMs} AS time, ${SUMS.rollup} AS sums FROM ${sql.raw(table)}
    WHERE pool_id = ${ask.poolId} AND ${range} GROUP BY ${time}`;
}

const RAW_GROUP = sql`route_kind AS routeKind, ${ANSWER.audit_events} AS answer, ${RAW_OUTCOME} AS outcome,
  count(*) AS requests, sum(revalidated) AS revalidated, max(at) AS lastAt`;
const ROLLED_GROUP = sql`route_kind AS routeKind, ${ANSWER.rollup} AS answer, outcome,
  sum(requests) AS requests, sum(revalidated) AS revalidated, max(last_seen) AS lastAt`;

function breakdownQuery({ poolId }: SeriesAsk, { table, range }: Piece): Sql {
  return sql`SELECT ${table === "audit_events" ? RAW_GROUP : ROLLED_GROUP}
    FROM ${sql.raw(table)} WHERE pool_id = ${poolId} AND ${range} GROUP BY 1, 2, 3`;
}

/** The series and the breakdown of audit rows in one reading. */
function edgeQuery(ask: SeriesAsk, { range }: Piece): Sql {
  return sql`SELECT ${RAW_GROUP}, ${rowBucket(ask)} AS time, ${SUMS.audit_events} AS sums
    FROM audit_events WHERE pool_id = ${ask.poolId} AND ${range} GROUP BY 1, 2, 3, time`;
}

/** usage_kinds by primary key prefix: what each day amounts to where its buckets end, less what it did where they begin. */
function summedSeries(ask: SeriesAsk, summed: Hours): Part {
  const { poolId, bucketMs, shiftMs } = ask;
  const segments = segmentsOf(summed, (at) => Math.floor((at + shiftMs) / bucketMs));
  const ends = [...new Set(segments.flatMap(({ from, to }) => (dayOf(from) === from ? [to] : [from, to])))];
  const query = sql`SELECT summed.until AS time, ${SUMS.rollup} AS sums
    FROM json_each(${JSON.stringify(ends)}) AS asked CROSS JOIN usage_kinds AS summed
      ON summed.pool_id = ${poolId} AND summed.until = asked.value AND summed.span = 'day' GROUP BY summed.until`;
  const points = (rows: readonly Row[]) => {
    const until = new Map(rows.map(({ time, sums }) => [time, numbersOf(sums)]));
    return segments.map(({ from, to }) => {
      const earlier = dayOf(from) === from ? [] : (until.get(from) ?? []);
      const numbers = (until.get(to) ?? []).map((number, index) => number - (earlier[index] ?? 0));
      return pointOf(ask, from + shiftMs, numbers);
    });
  };
  return { query, points };
}

/** usage_kinds by primary key prefix. */
function summedBreakdownQuery({ poolId }: SeriesAsk, summed: Hours): Sql {
  return sql`SELECT route_kind AS routeKind, ${ANSWER.rollup} AS answer, outcome, sum(sign * requests) AS requests,
      sum(sign * revalidated) AS revalidated, max(iif(sign > 0, last_seen, 0)) AS lastAt
    FROM ${termTable(termsOf(summed))} CROSS JOIN usage_kinds AS summed
      ON summed.pool_id = ${poolId} AND summed.until = term.until AND summed.span = term.span
    GROUP BY 1, 2, 3 HAVING sum(sign * requests) > 0`;
}

/** Audit rows that isolates had to drop in a window, of any pool (audit_batches_at). */
export async function countLostRows(db: Db, from: number, to: number): Promise<number> {
  const [row] = await db.all<{ lost: number | null }>(
    sql`SELECT sum(lost) AS lost FROM audit_batches WHERE at >= ${from} AND at < ${to}`,
  );
  return row?.lost ?? 0;
}
