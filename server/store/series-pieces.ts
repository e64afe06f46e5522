/**
 * Which tables know the parts of a window. Up to two hours it is read from audit rows; up to two days its edges are, and
 * its hours come from the running sums and the rollups; longer ones are rounded to the hours around them. So no window
 * reads more than about two hours of audit rows.
 */
import { sql } from "drizzle-orm";
import { type Hours, summedPartEnd } from "./summed-hours.ts";
import { ceilTo, DAY_MS, floorTo, HOUR_MS } from "./usage.ts";

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

type Sql = ReturnType<typeof sql>;

/** A part of a window, and the table that knows it. */
export interface Piece {
  readonly table: "audit_events" | "usage_hourly" | "usage_daily";
  readonly range: Sql;
}

export interface Pieces {
  readonly pieces: readonly Piece[];
  /** The hours that the running sums know. */
  readonly summed: Hours;
}

const NO_HOURS: Hours = { from: 0, to: 0 };
const RAW_MS = 2 * HOUR_MS;
const LONG_MS = 2 * DAY_MS;

type PiecesAsk = Pick<SeriesAsk, "poolId" | "from" | "to" | "now"> & Partial<Pick<SeriesAsk, "bucketMs">>;

export const isReadByRows = ({ from, to }: Hours): boolean => to - from <= RAW_MS;

/** Indexes: audit_events_pool_at; usage_hourly and usage_daily by primary key prefix (pool, time). */
export function piecesOf(ask: PiecesAsk, summedUntil: number): Pieces {
  const { from, to, now, bucketMs = DAY_MS } = ask;
  if (isReadByRows(ask)) return { pieces: rows(from, to), summed: NO_HOURS };
  const isLong = to - from > LONG_MS;
  // The hour that is now has no rows after now, so it is whole.
  const isEndWhole = isLong || to >= now;
  const first = isLong ? floorTo(from, HOUR_MS) : ceilTo(from, HOUR_MS);
  const last = isEndWhole ? ceilTo(to, HOUR_MS) : floorTo(to, HOUR_MS);
  const edges = isLong ? [] : [...rows(from, first), ...rows(last, to)];
  const end = summedPartEnd({ from: first, to: last }, summedUntil, now);
  if (end !== undefined) return { pieces: [...edges, ...hours(end, last)], summed: { from: first, to: end } };
  // A day has one time: whoever wants shorter buckets must read its hours.
  const whole = isLong && bucketMs >= DAY_MS ? days(ask.poolId, first, last) : hours(first, last);
  return { pieces: [...edges, ...whole], summed: NO_HOURS };
}

function rows(start: number, end: number): readonly Piece[] {
  return start < end ? [{ table: "audit_events", range: sql`at >= ${start} AND at < ${end}` }] : [];
}

function hours(start: number, end: number): readonly Piece[] {
  return start < end ? [{ table: "usage_hourly", range: sql`hour >= ${start} AND hour < ${end}` }] : [];
}

function days(poolId: string, first: number, last: number): readonly Piece[] {
  const firstDay = Math.min(ceilTo(first, DAY_MS), last);
  const lastDay = Math.max(floorTo(last, DAY_MS), firstDay);
  const closed = sql`coalesce((SELECT usage_closed_until FROM pools WHERE id = ${poolId}), 0)`;
  return [
    ...hours(first, firstDay),
    { table: "usage_daily", range: sql`day >= ${firstDay} AND day < min(${closed}, ${lastDay})` },
    { table: "usage_hourly", range: sql`hour >= max(${firstDay}, min(${closed}, ${lastDay})) AND hour < ${last}` },
  ];
}
