/** Which sets of running sums a stretch of hours is made of. Pure. */
import { sql } from "drizzle-orm";
import { DAY_MS, dayOf, HOUR_MS, WEEK_MS, weekOf } from "./usage.ts";

/** A stretch of whole hours; `to` excluded. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** A set of rows: what its day or week amounted to until then; added, or taken away. */
export interface Term {
  readonly until: number;
  readonly span: "day" | "week";
  readonly sign: 1 | -1;
}

/** Windows that begin earlier are read from the rollups: the sums of their beginning may be gone (running-sums.ts). */
const KNOWN_MS = 62 * DAY_MS;
/** More hours than these that wait for their sum: days are fewer rows. */
const MOST_OPEN_MS = 2 * DAY_MS;

/**
 * Where the summed part of these hours ends and the rest, to be read hour by hour, begins; `hours.from` where nothing
 * of them is summed, undefined where another way through the rollups is better.
 */
export function summedPartEnd(hours: Hours, summedUntil: number, now: number): number | undefined {
  if (hours.from < now - KNOWN_MS) return undefined;
  const end = Math.max(hours.from, Math.min(summedUntil, hours.to));
  return hours.to - end > MOST_OPEN_MS ? undefined : end;
}

/**
 * The days or the weeks that ended in these hours, with what their last one has so far, without what came before them in
 * the first: whichever are fewer sets.
 */
export function termsOf({ from, to }: Hours): readonly Term[] {
  if (from >= to) return [];
  const byDays = [...ended("day", { from, to }), ...dayUntil(to, 1), ...dayUntil(from, -1)];
  const byWeeks = [...ended("week", { from, to }), ...weekUntil(to, 1), ...weekUntil(from, -1)];
  return byDays.length <= byWeeks.length ? byDays : byWeeks;
}

function ended(span: "day" | "week", { from, to }: Hours): readonly Term[] {
  const [startOf, length] = span === "day" ? [dayOf, DAY_MS] : [weekOf, WEEK_MS];
  const terms: Term[] = [];
  for (let until = startOf(from) + length; until <= startOf(to); until += length) terms.push({ until, span, sign: 1 });
  return terms;
}

/** The day of this moment until then. */
function dayUntil(at: number, sign: 1 | -1): readonly Term[] {
  return dayOf(at) === at ? [] : [{ until: at, span: "day", sign }];
}

/** Its week: the days that ended, and the day. */
function weekUntil(at: number, sign: 1 | -1): readonly Term[] {
  const day = dayOf(at);
  return [...(day === weekOf(at) ? [] : [{ until: day, span: "week" as const, sign }]), ...dayUntil(at, sign)];
}

/**
 * As a table `term` (until, span, sign) to join the sums with, by their primary key. The limit keeps SQLite from putting
 * these expressions into each sum, where it would look into the JSON for every row and column: twice the time of it all.
 */
export function termTable(terms: readonly Term[]) {
  const list = JSON.stringify(terms.map(({ until, span, sign }) => [until, span, sign]));
  return sql`(SELECT value ->> 0 AS until, value ->> 1 AS span, value ->> 2 AS sign
    FROM json_each(${list}) LIMIT ${terms.length}) AS term`;
}

/** A part of a day that lies in one bucket. */
export interface Segment extends Hours {
  readonly bucket: number;
}

/** These hours cut where the bucket or the day changes. An hour belongs to the bucket of its beginning. */
export function segmentsOf({ from, to }: Hours, bucketOf: (at: number) => number): readonly Segment[] {
  const segments: Segment[] = [];
  for (let hour = from; hour < to; hour += HOUR_MS) {
    const bucket = bucketOf(hour);
    const last = segments.at(-1);
    if (last !== undefined && last.bucket === bucket && dayOf(hour) !== hour) {
      segments[segments.length - 1] = { ...last, to: hour + HOUR_MS };
    } else segments.push({ from: hour, to: hour + HOUR_MS, bucket });
  }
  return segments;
}
