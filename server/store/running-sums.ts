/**
 * The running sums of usage: after each settled hour, what its day amounts to so far, and after each day, its week. So
 * any window is a handful of sets of rows, added or taken away (summed-hours.ts), where its hours would be hundreds. The
 * hourly sweep writes them, a flush of audit rows does not; how far a pool's hours are summed up stands in
 * pools.usage_summed_until, and readers take later hours from the rollups: a sweep that did not run costs time and never
 * a number.
 */
import { eq, sql } from "drizzle-orm";
import { BoundedMap } from "../bounded-map.ts";
import { allSql, type Db, statement } from "./db.ts";
import { LATENCY_BUCKETS } from "./latency.ts";
import { pools, usageHourly } from "./schema/index.ts";
import { DAY_MS, dayOf, HOUR_MS, hourOf, weekOf } from "./usage.ts";

export type RunningTable = "usage_kinds" | "usage_callers" | "usage_patterns";

interface RunningSums {
  readonly source: "usage_hourly" | "usage_routes_hourly";
  readonly dimensions: readonly string[];
  readonly sums: readonly string[];
  /** Windows are thirty days at most; the overview lays one beside the one before it. */
  readonly keptMs: number;
}

const SUMS = [
  "requests",
  "quota_units",
  "from_cache",
  "eligible",
  "saved",
  "errors",
  "fallbacks",
  "duration_ms",
  "last_seen",
] as const;
const LATENCY = Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => `latency_${bucket}`);

export const RUNNING_SUMS: Readonly<Record<RunningTable, RunningSums>> = {
  usage_kinds: {
    source: "usage_routes_hourly",
    dimensions: ["route_kind", "cache", "miss_reason", "outcome"],
    sums: [...SUMS, "revalidated", ...LATENCY],
    keptMs: 64 * DAY_MS,
  },
  usage_callers: {
    source: "usage_hourly",
    dimensions: ["caller_id", "client_name", "route_kind"],
    sums: SUMS,
    keptMs: 34 * DAY_MS,
  },
  usage_patterns: {
    source: "usage_routes_hourly",
    dimensions: ["route_kind", "route_key", "outcome"],
    sums: SUMS,
    keptMs: 34 * DAY_MS,
  },
};
const TABLES = Object.keys(RUNNING_SUMS) as readonly RunningTable[];

/** A row reaches D1 at most an hour after its time (server/relay/audit.ts): by then an hour no longer changes. */
const SETTLED_AFTER_MS = 2 * HOUR_MS;

/**
 * Sums up at most `maxHours` of a pool's hours that are over, a batch an hour, oldest first; a repeated hour is written
 * anew. Answers how many hours still wait.
 */
export async function sumHours(db: Db, poolId: string, now: number, maxHours: number): Promise<number> {
  const end = hourOf(now - SETTLED_AFTER_MS);
  let hour = await firstOpenHour(db, poolId, end);
  for (let summed = 0; hour < end && summed < maxHours; summed += 1, hour += HOUR_MS) await sumHour(db, poolId, hour);
  return Math.max(0, (end - hour) / HOUR_MS);
}

/** Before a pool's first hour every sum is nothing, which needs no rows. */
async function firstOpenHour(db: Db, poolId: string, end: number): Promise<number> {
  const [[pool], [first]] = await db.batch([
    db.select({ summedUntil: pools.usageSummedUntil }).from(pools).where(eq(pools.id, poolId)),
    db
      .select({ hour: sql<number | null>`min(${usageHourly.hour})` })
      .from(usageHourly)
      .where(eq(usageHourly.poolId, poolId)),
  ]);
  if (pool === undefined || first?.hour === undefined || first.hour === null) return end;
  return Math.max(pool.summedUntil, first.hour);
}

/** Ranges of one pool's hours and sums by primary key prefix. */
async function sumHour(db: Db, poolId: string, hour: number): Promise<void> {
  const until = hour + HOUR_MS;
  const days = TABLES.map((table) => dayQuery(db, table, poolId, hour));
  const weeks = dayOf(until) === until ? TABLES.map((table) => weekQuery(db, table, poolId, until)) : [];
  await db.batch([
    statement(
      db,
      sql`UPDATE pools SET usage_summed_until = ${until} WHERE id = ${poolId} AND usage_summed_until < ${until}`,
    ),
    ...days,
    ...weeks,
  ]);
}

/** The day until the end of this hour: the day until its beginning, and the hour. */
function dayQuery(db: Db, table: RunningTable, poolId: string, hour: number) {
  const { source, sums } = RUNNING_SUMS[table];
  const isFirst = dayOf(hour) === hour;
  const counted = sums.map((name) =>
    name === "from_cache" ? "iif(cache IN ('hit', 'stale'), requests, 0) AS from_cache" : name,
  );
  const own = sql`SELECT ${names(table, counted)} FROM ${sql.raw(source)} WHERE pool_id = ${poolId} AND hour = ${hour}`;
  const before = setOf(table, poolId, hour, "day");
  return writeQuery(db, { table, poolId, until: hour + HOUR_MS, span: "day" }, isFirst ? [own] : [before, own]);
}

/** The week until the end of this day: the week until its beginning, and the day. */
function weekQuery(db: Db, table: RunningTable, poolId: string, until: number) {
  const before = setOf(table, poolId, until - DAY_MS, "week");
  const own = setOf(table, poolId, until, "day");
  const isFirst = weekOf(until - DAY_MS) === until - DAY_MS;
  return writeQuery(db, { table, poolId, until, span: "week" }, isFirst ? [own] : [before, own]);
}

type Sql = ReturnType<typeof sql>;

function names(table: RunningTable, sums: readonly string[]): Sql {
  return sql.raw([...RUNNING_SUMS[table].dimensions, ...sums].join(", "));
}

function setOf(table: RunningTable, poolId: string, until: number, span: "day" | "week"): Sql {
  return sql`SELECT ${names(table, RUNNING_SUMS[table].sums)} FROM ${sql.raw(table)}
    WHERE pool_id = ${poolId} AND until = ${until} AND span = ${span}`;
}

function writeQuery(
  db: Db,
  {
    table,
    poolId,
    until,
    span,
  }: { readonly table: RunningTable; readonly poolId: string; readonly until: number; readonly span: "day" | "week" },
  parts: Sql[],
) {
  const { dimensions, sums } = RUNNING_SUMS[table];
  const added = sums.map((name) => (name === "last_seen" ? "max(last_seen)" : `sum(${name})`));
  return statement(
    db,
    sql`INSERT OR REPLACE INTO ${sql.raw(table)} (pool_id, until, span, ${names(table, sums)})
    SELECT ${poolId}, ${until}, ${span}, ${names(table, added)} FROM (${sql.join(parts, sql` UNION ALL `)})
    GROUP BY ${sql.raw(dimensions.join(", "))}`,
  );
}

const TOLD_MS = 60_000;
const TOLD_POOLS = 200;
/** What a connection was told last, by pool. */
const told = new WeakMap<Db, BoundedMap<string, { readonly until: number; readonly askedAt: number }>>();

/**
 * Until when a pool's hours are summed up (primary key), as of a minute ago at most: it only grows, and an older answer
 * is as good, since later hours are read one by one. @param now epoch ms.
 */
export async function readSummedUntil(db: Db, poolId: string, now: number): Promise<number> {
  const known = told.get(db)?.get(poolId);
  if (known !== undefined && Math.abs(now - known.askedAt) < TOLD_MS) return known.until;
  const [pool] = await allSql<{ until: number }>(
    db,
    sql`SELECT usage_summed_until AS until FROM pools WHERE id = ${poolId}`,
  );
  const until = pool?.until ?? 0;
  const all = told.get(db) ?? new BoundedMap(TOLD_POOLS);
  told.set(db, all);
  all.set(poolId, { until, askedAt: now });
  return until;
}
