/** A window's numbers are those of its rows, however much of it the running sums know. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { figuresOf } from "../../../server/admin/usage-figures.ts";
import { type AuditRow, writeAuditBatch } from "../../../server/store/audit.ts";
import { createPool } from "../../../server/store/create-pool.ts";
import { sumHours } from "../../../server/store/running-sums.ts";
import { readFiltered } from "../../../server/store/series-filtered.ts";
import { readSeries, type SeriesPoint } from "../../../server/store/series.ts";
import { outcomeOf } from "../../../server/store/usage.ts";
import { readPatternsBy, readUsageBy } from "../../../server/store/usage-groups.ts";
import { Random } from "../../support/random.ts";
import { capturingDb } from "./captured-sql.ts";
import { anAct, anAuditRow, countRows, DAY, HOUR, NOON, POLICY, theDb } from "./rows.ts";

const poolId = "maintainers";
const DAYS = 17;
const KINDS: readonly [Partial<AuditRow>, ...Partial<AuditRow>[]] = [
  { cache: "hit", durationMs: 2 },
  { cache: "hit", revalidated: true, upstreamCalls: 1, durationMs: 120 },
  { cache: "stale", durationMs: 3 },
  { cache: "miss", quotaUnits: 1, upstreamCalls: 1, durationMs: 210, missReason: "absent" },
  { cache: "bypass", quotaUnits: 2, upstreamCalls: 2, durationMs: 1400 },
  { cache: "unknown", status: 424, errorCode: "fallback_local", fallbackReason: "no_identity", durationMs: 1 },
  { cache: "unknown", status: 401, errorCode: "invalid_auth", durationMs: 1 },
];

/** Some hours with many rows, many with none. */
function randomRows(random: Random): readonly AuditRow[] {
  return Array.from({ length: 900 }, (_, index) => {
    const day = random.whole(0, DAYS - 1);
    const hour = random.whole(0, 5) * random.whole(0, 4);
    const routeKind = random.pick(["pr_view", "issue_view", "meta"]);
    return anAuditRow({
      ...random.pick(KINDS),
      at: NOON - DAYS * DAY + day * DAY + hour * HOUR + random.whole(0, HOUR - 1),
      requestId: `r${index}`,
      callerId: random.pick(["gh_101", "gh_102", "gh_103"]),
      clientName: random.pick(["laptop", "ci"]),
      routeKind,
      routeKey: routeKind === "meta" ? "/meta" : `/repos/acme/${random.pick(["a", "b"])}/${routeKind}`,
    });
  }).filter(({ at }) => at < NOON);
}

const rows = randomRows(new Random(7));

beforeEach(async () => {
  await createPool(theDb(), poolId, POLICY, anAct());
  await writeAuditBatch(theDb(), { isolateId: "i", sequence: 1, rows, lost: 0, at: NOON });
});

const MORE: readonly (readonly [number, number])[] = [
  [NOON - DAY, NOON],
  [NOON - 7 * DAY, NOON],
  [NOON - 30 * DAY, NOON],
  [NOON - 36 * HOUR, NOON - 36 * HOUR + 1],
];

/** Of every length and at any time, and those that begin and end where days and weeks do. */
function windows(random: Random): readonly (readonly [number, number])[] {
  const at = (unit: number) => Math.floor((NOON - random.whole(0, DAYS * DAY)) / unit) * unit;
  const units = [1, HOUR, DAY, 7 * DAY];
  const any = units.flatMap((unit) =>
    units.flatMap((other) => [1, 2].map(() => [at(unit), at(other)].sort((one, two) => one - two))),
  );
  return [...any, ...MORE].map(([from = 0, to = 0]) => [from, Math.max(to, from + 1)] as const);
}

const within = (from: number, to: number) => rows.filter(({ at }) => at >= from && at < to);
const isCached = ({ cache }: AuditRow) => cache === "hit" || cache === "stale";

function sumsOf(group: readonly AuditRow[]) {
  const count = (test: (row: AuditRow) => boolean) => group.filter(test).length;
  return {
    requests: group.length,
    quotaUnits: group.reduce((sum, { quotaUnits }) => sum + quotaUnits, 0),
    fromCache: count(isCached),
    eligible: count((row) => isCached(row) || row.cache === "miss"),
    saved: count((row) => row.errorCode === undefined && row.quotaUnits === 0),
    errors: count((row) => row.errorCode !== undefined && row.fallbackReason === undefined),
    fallbacks: count((row) => row.fallbackReason !== undefined),
    durationMs: group.reduce((sum, { durationMs }) => sum + durationMs, 0),
    lastSeen: Math.max(...group.map(({ at }) => at)),
  };
}

type Key = Readonly<Record<string, string>>;
const textOf = (key: Key) => JSON.stringify(Object.entries(key).toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** What the rows amount to, by key. */
function grouped(found: readonly AuditRow[], keyOf: (row: AuditRow) => Key) {
  const groups = new Map<string, AuditRow[]>();
  for (const row of found) groups.set(textOf(keyOf(row)), [...(groups.get(textOf(keyOf(row))) ?? []), row]);
  return new Map([...groups].map(([key, group]) => [key, sumsOf(group)]));
}

const byKey = ({ groups }: { readonly groups: readonly ({ readonly key: Key } & object)[] }) =>
  new Map(groups.map(({ key, ...sums }) => [textOf(key), sums]));

const SUMMED = [
  { name: "nothing", hours: 0 },
  { name: "some days", hours: 300 },
  { name: "everything", hours: 1_000 },
];

describe.each(SUMMED)("with $name summed up", ({ hours }) => {
  it("every group of every window is what its rows amount to", { timeout: 60_000 }, async () => {
    const db = theDb();
    await sumHours(db, poolId, NOON, hours);
    for (const [from, to] of windows(new Random(11))) {
      const window = { poolId, from, to, now: NOON };
      const found = within(from, to);
      const context = { from: new Date(from), to: new Date(to) };
      const check = async (read: Promise<Parameters<typeof byKey>[0]>, keyOf: (row: AuditRow) => Key) =>
        expect({ ...context, groups: byKey(await read) }).toEqual({ ...context, groups: grouped(found, keyOf) });
      await check(readUsageBy(db, window, ["route_kind", "outcome"]), (row) => ({
        route_kind: row.routeKind,
        outcome: outcomeOf(row),
      }));
      await check(readUsageBy(db, window, ["caller_id", "client_name", "route_kind"]), (row) => ({
        caller_id: row.callerId,
        client_name: row.clientName,
        route_kind: row.routeKind,
      }));
      await check(readPatternsBy(db, window, ["route_kind", "miss_reason"]), (row) => ({
        route_kind: row.routeKind,
        miss_reason: row.missReason ?? "",
      }));
      await check(readPatternsBy(db, window, ["route_kind", "route_key", "outcome"]), (row) => ({
        route_kind: row.routeKind,
        route_key: row.routeKey,
        outcome: outcomeOf(row),
      }));
      const some = await readUsageBy(db, { ...window, callerIds: ["gh_102"] }, ["caller_id", "route_kind"]);
      const ofSome = found.filter(({ callerId }) => callerId === "gh_102");
      expect(byKey(some)).toEqual(grouped(ofSome, (row) => ({ caller_id: row.callerId, route_kind: row.routeKind })));
    }
  });

  const LAID_OVER = [
    { name: "a day", length: DAY, to: NOON, bucketMs: HOUR },
    { name: "a day between hours", length: DAY, to: NOON - 20 * HOUR - 99, bucketMs: HOUR },
    { name: "a week", length: 7 * DAY, to: NOON, bucketMs: 3 * HOUR },
    { name: "a week laid over another by hours", length: 7 * DAY - HOUR, to: NOON - 5 * HOUR, bucketMs: 3 * HOUR },
    { name: "a fortnight", length: 14 * DAY, to: NOON, bucketMs: DAY },
  ] as const;

  it("every bucket is what its rows amount to", { timeout: 60_000 }, async () => {
    await sumHours(theDb(), poolId, NOON, hours);
    for (const window of LAID_OVER) {
      const { found, counted: expected } = await seriesOf(window);
      expect({ window, ...found }).toEqual({ window, ...expected });
    }
  });

  it("counts narrowed to a kind or a reason are those of the rows", async () => {
    await sumHours(theDb(), poolId, NOON, hours);
    const ask = { poolId, from: NOON - 9 * DAY, to: NOON, now: NOON };
    const count = async (filters: Parameters<typeof readFiltered>[2]) =>
      (await readFiltered(theDb(), ask, filters)).reduce((sum, { fallback, hit }) => sum + fallback + hit, 0);
    const found = within(ask.from, ask.to).filter(({ cache, revalidated }) => cache !== "hit" || !revalidated);
    const isCounted = (row: AuditRow) => row.cache === "hit" || row.fallbackReason !== undefined;
    const ofKind = found.filter((row) => row.routeKind === "pr_view" && isCounted(row));
    expect(await count({ kind: "pr_view" })).toBe(ofKind.length);
    expect(await count({ reason: "no_identity" })).toBe(
      found.filter(({ fallbackReason }) => fallbackReason === "no_identity").length,
    );
    expect(await count({ kind: "pr_view", caller: "gh_101" })).toBe(
      ofKind.filter(({ callerId }) => callerId === "gh_101").length,
    );
  });
});

interface LaidOver {
  readonly length: number;
  readonly to: number;
  readonly bucketMs: number;
}

/** A window and the one before it as they are read, and as the rows have it. */
async function seriesOf({ length, to, bucketMs }: LaidOver) {
  const from = to - length;
  const ask = { poolId, from, to, now: NOON, bucketMs, shiftMs: 0 };
  const earlier = { ...ask, from: from - length, to: from, shiftMs: length };
  const { series, before, breakdown } = await readSeries(theDb(), ask, earlier);
  // More than two days are counted in whole hours, and an hour belongs to the bucket of its beginning.
  const unit = length > 2 * DAY ? HOUR : 1;
  const startOf = (at: number) => Math.floor(at / unit) * unit;
  const whole = (start: number, end: number) => within(startOf(start), Math.ceil(end / unit) * unit);
  const { units, saved } = figuresOf(series);
  const sums = sumsOf(whole(from, to));
  return {
    found: {
      now: requestsIn(series),
      before: requestsIn(before),
      units,
      saved,
      requests: breakdown.reduce((sum, { requests }) => sum + requests, 0),
      lastAt: breakdown.reduce((last, { lastAt }) => Math.max(last, lastAt), 0),
    },
    counted: {
      now: counted(whole(from, to), startOf, bucketMs),
      before: counted(whole(from - length, from), (at) => startOf(at) + length, bucketMs),
      units: sums.quotaUnits,
      saved: sums.saved,
      requests: sums.requests,
      lastAt: sums.lastSeen,
    },
  };
}

/** Requests by bucket; none stand as no entry. */
function requestsIn(points: readonly SeriesPoint[]) {
  const buckets = new Map<number, number>();
  for (const { bucket, latency } of points) {
    const requests = latency.reduce((sum, count) => sum + count, 0);
    if (requests > 0) buckets.set(bucket, (buckets.get(bucket) ?? 0) + requests);
  }
  return new Map([...buckets].toSorted(([one], [other]) => one - other));
}

function counted(found: readonly AuditRow[], timeOf: (at: number) => number, bucketMs: number) {
  const buckets = new Map<number, number>();
  for (const { at } of found) {
    const bucket = Math.floor(timeOf(at) / bucketMs) * bucketMs;
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return new Map([...buckets].toSorted(([one], [other]) => one - other));
}

describe("summing up", () => {
  it("takes the hours that are over for two hours, goes on where it stopped, and says what waits", async () => {
    const all = (NOON - 2 * HOUR - Math.floor(Math.min(...rows.map(({ at }) => at)) / HOUR) * HOUR) / HOUR;
    expect(await sumHours(theDb(), poolId, NOON, 0)).toBe(all);
    expect(await sumHours(theDb(), poolId, NOON, 30)).toBe(all - 30);
    expect(await sumHours(theDb(), poolId, NOON, 5)).toBe(all - 35);
    expect(await countRows("pools", `usage_summed_until = ${NOON - 2 * HOUR - (all - 35) * HOUR}`)).toBe(1);
    expect(await sumHours(theDb(), "another", NOON, 5)).toBe(0);
  });

  it("is asked about once a minute, and what it did since changes no number", async () => {
    const { db, captured } = capturingDb();
    const window = { poolId, from: NOON - 3 * DAY, to: NOON, now: NOON };
    const asked = () => captured.filter(({ sql }) => sql.includes("usage_summed_until AS until")).length;
    await sumHours(theDb(), poolId, NOON, 300);
    const first = await readUsageBy(db, window, ["caller_id"]);
    await sumHours(theDb(), poolId, NOON, 1_000);
    expect(await readUsageBy(db, window, ["caller_id"])).toEqual(first);
    expect(asked()).toBe(1);
    const later = { ...window, now: NOON + 60_000 };
    expect(await readUsageBy(db, later, ["caller_id"])).toEqual(first);
    expect(asked()).toBe(2);
  });

  it("writes a repeated hour anew instead of twice", async () => {
    await sumHours(theDb(), poolId, NOON, 40);
    const requests = () => env.DB.prepare("SELECT sum(requests) AS sum FROM usage_callers").first<number>("sum");
    const once = await requests();
    await env.DB.prepare(`UPDATE pools SET usage_summed_until = usage_summed_until - ${30 * HOUR}`).run();
    await sumHours(theDb(), poolId, NOON, 30);
    expect(await requests()).toBe(once);
    expect(once).toBeGreaterThan(0);
  });
});
