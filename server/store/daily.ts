/**
 * usage_daily: days of usage_hourly summed up once they are over, by the hourly sweep instead of by every flush, which
 * would cost a fourth of all audit writes. How far a pool's days are closed stands in pools.usage_closed_until;
 * readers take later days from usage_hourly, so a sweep that did not run costs time and never a number.
 */
import { eq, sql } from "drizzle-orm";
import { type Db, statement } from "./db.ts";
import { pools, usageDaily, usageHourly } from "./schema/index.ts";
import { COUNT_COLUMNS, DAY_MS, dayOf } from "./usage.ts";

/** A row reaches D1 at most an hour after its time (server/relay/audit.ts): by then a day no longer changes. */
const SETTLED_AFTER_MS = 2 * 3_600_000;

const KEY = "caller_id, client_name, route_kind, cache, backend, identity_id, outcome";
const SUMS = COUNT_COLUMNS.map((column) => (column === "last_seen" ? "max(last_seen)" : `sum(${column})`)).join(", ");

/**
 * Closes at most `maxDays` of a pool's days that have ended, a batch a day, oldest first; a repeated day is written
 * anew. Answers how many days still wait.
 */
export async function closeDays(db: Db, poolId: string, now: number, maxDays: number): Promise<number> {
  const end = dayOf(now - SETTLED_AFTER_MS);
  let day = Math.max(await firstOpenDay(db, poolId, end), end - 400 * DAY_MS);
  for (let closed = 0; day < end && closed < maxDays; closed += 1, day += DAY_MS) await closeDay(db, poolId, day);
  return Math.max(0, (end - day) / DAY_MS);
}

async function firstOpenDay(db: Db, poolId: string, end: number): Promise<number> {
  const [[pool], [first]] = await db.batch([
    db.select({ closedUntil: pools.usageClosedUntil }).from(pools).where(eq(pools.id, poolId)),
    db
      .select({ hour: sql<number | null>`min(${usageHourly.hour})` })
      .from(usageHourly)
      .where(eq(usageHourly.poolId, poolId)),
  ]);
  if (pool === undefined || first?.hour === undefined || first.hour === null) return end;
  return Math.max(pool.closedUntil, dayOf(first.hour));
}

/** Range of one pool's hours by primary key. */
async function closeDay(db: Db, poolId: string, day: number): Promise<void> {
  const end = day + DAY_MS;
  await db.batch([
    db.delete(usageDaily).where(sql`${usageDaily.poolId} = ${poolId} AND ${usageDaily.day} = ${day}`),
    statement(
      db,
      sql`
      INSERT INTO usage_daily (pool_id, day, ${sql.raw(KEY)}, ${sql.raw(COUNT_COLUMNS.join(", "))})
      SELECT pool_id, ${day}, ${sql.raw(KEY)}, ${sql.raw(SUMS)} FROM usage_hourly
      WHERE pool_id = ${poolId} AND hour >= ${day} AND hour < ${end} GROUP BY pool_id, ${sql.raw(KEY)}`,
    ),
    statement(
      db,
      sql`UPDATE pools SET usage_closed_until = ${end} WHERE id = ${poolId} AND usage_closed_until < ${end}`,
    ),
  ]);
}
