/** A window's numbers are the same whether they come from rows, hours or days. */
import { beforeEach, describe, expect, it } from "vitest";
import { writeAuditBatch, type AuditRow } from "../../../server/store/audit.ts";
import { closeDays } from "../../../server/store/daily.ts";
import { createPool } from "../../../server/store/create-pool.ts";
import { countLostRows, readSeries, type SeriesAsk } from "../../../server/store/series.ts";
import { figuresOf } from "../../../server/admin/usage-figures.ts";
import { totalOf } from "../../../shared/dashboard/status.ts";
import { anAct, anAuditRow, DAY, HOUR, NOON, POLICY, theDb } from "./rows.ts";

const POOL = "maintainers";
const MINUTE = 60_000;

const KINDS: readonly Partial<AuditRow>[] = [
  { cache: "hit", durationMs: 2 },
  { cache: "hit", revalidated: true, upstreamCalls: 1, durationMs: 120 },
  { cache: "stale", durationMs: 3 },
  { cache: "miss", quotaUnits: 1, upstreamCalls: 1, durationMs: 210 },
  { cache: "bypass", quotaUnits: 2, upstreamCalls: 2, durationMs: 1400 },
  { cache: "unknown", status: 424, errorCode: "fallback_local", fallbackReason: "route_denied", durationMs: 1 },
  { cache: "unknown", status: 401, errorCode: "invalid_auth", durationMs: 1 },
];

/** A row every 37 minutes over 40 days that end at noon. */
const rows = Array.from({ length: Math.floor((40 * DAY) / (37 * MINUTE)) }, (_, index) =>
  anAuditRow({ at: NOON - 1 - index * 37 * MINUTE, requestId: `r${index}`, ...KINDS[index % KINDS.length] }),
);

function ask(from: number, to: number, changes: Partial<SeriesAsk> = {}): SeriesAsk {
  return { poolId: POOL, from, to, now: NOON, bucketMs: HOUR, shiftMs: 0, ...changes };
}

const within = (from: number, to: number) => rows.filter(({ at }) => at >= from && at < to);
const some = (all: readonly AuditRow[], test: (row: AuditRow) => boolean) => all.filter(test).length;

beforeEach(async () => {
  const db = theDb();
  await createPool(db, POOL, POLICY, anAct());
  for (let start = 0, sequence = 1; start < rows.length; start += 2_000, sequence += 1) {
    await writeAuditBatch(db, { isolateId: "i", sequence, rows: rows.slice(start, start + 2_000), lost: 0, at: NOON });
  }
});

describe("readSeries", () => {
  const WINDOWS = [
    { name: "a quarter of an hour", from: NOON - 15 * MINUTE, to: NOON },
    { name: "an hour", from: NOON - HOUR, to: NOON },
    { name: "a day", from: NOON - DAY, to: NOON },
    { name: "a day between hours", from: NOON - DAY - 13 * MINUTE, to: NOON - 20 * MINUTE },
    { name: "a week", from: NOON - 7 * DAY + 11 * MINUTE, to: NOON },
    { name: "thirty days", from: NOON - 30 * DAY + 1, to: NOON },
    { name: "ten days that are over", from: NOON - 20 * DAY - 3 * MINUTE, to: NOON - 10 * DAY - 5 * MINUTE },
  ];

  it.each(WINDOWS.flatMap((window) => [false, true].map((isClosed) => ({ ...window, isClosed }))))(
    "counts $name; days closed: $isClosed",
    async ({ from, to, isClosed }) => {
      if (isClosed) await closeDays(theDb(), POOL, NOON, 100);
      const { series, breakdown } = await readSeries(theDb(), ask(from, to), ask(from, to));
      // More than two days are counted in whole hours.
      const isLong = to - from > 2 * DAY;
      const expected = isLong ? within(Math.floor(from / HOUR) * HOUR, Math.ceil(to / HOUR) * HOUR) : within(from, to);
      const figures = figuresOf(series);
      const of = (cache: string) => some(expected, (row) => row.cache === cache && row.revalidated !== true);
      expect(figures.counts).toEqual({
        hit: of("hit"),
        revalidated: some(expected, (row) => row.revalidated),
        stale: of("stale"),
        miss: of("miss"),
        bypass: of("bypass"),
        fallback: some(expected, (row) => row.fallbackReason !== undefined),
        error: some(expected, (row) => row.errorCode === "invalid_auth"),
      });
      expect(figures.units).toBe(expected.reduce((sum, row) => sum + row.quotaUnits, 0));
      expect(figures.saved).toBe(some(expected, (row) => row.errorCode === undefined && row.quotaUnits === 0));
      expect(breakdown.reduce((sum, group) => sum + group.requests, 0)).toBe(expected.length);
    },
  );

  it("puts every row into the bucket of its time", async () => {
    const from = NOON - HOUR;
    const { series } = await readSeries(theDb(), ask(from, NOON, { bucketMs: MINUTE }), ask(from, NOON));
    for (const { bucket, counts } of series) {
      expect(bucket % MINUTE).toBe(0);
      expect(totalOf(counts)).toBe(within(bucket, bucket + MINUTE).length);
    }
  });

  it("lays the window before over this one", async () => {
    const [from, to] = [NOON - DAY, NOON];
    const earlier = ask(from - DAY, from, { shiftMs: DAY });
    const { before } = await readSeries(theDb(), ask(from, to), earlier);
    const buckets = before.map(({ bucket }) => bucket);
    expect(Math.min(...buckets)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...buckets)).toBeLessThan(to);
    expect(totalOf(figuresOf(before).counts)).toBe(within(from - DAY, from).length);
  });

  it("sees no other pool", async () => {
    const other = ask(NOON - DAY, NOON, { poolId: "another" });
    expect(await readSeries(theDb(), other, other)).toEqual({ series: [], before: [], breakdown: [] });
  });
});

it("counts the rows that isolates had to drop in a window", async () => {
  const db = theDb();
  await writeAuditBatch(db, { isolateId: "j", sequence: 1, rows: [], lost: 12, at: NOON - 5 });
  await writeAuditBatch(db, { isolateId: "j", sequence: 2, rows: [], lost: 30, at: NOON - DAY });
  expect(await countLostRows(db, NOON - HOUR, NOON)).toBe(12);
  expect(await countLostRows(db, NOON - 2 * DAY, NOON)).toBe(42);
});
