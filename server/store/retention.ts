/**
 * What each table may forget, and the batches that forget it. Every deletion names an index and takes at most `limit`
 * rows, so that a sweep can stop anywhere and go on next time.
 */
import { sql } from "drizzle-orm";
import { allSql, changed, type Db, statement } from "./db.ts";
import { RUNNING_SUMS } from "./running-sums.ts";
import { DAY_MS } from "./usage.ts";

/** The longest any entry may outlive its fetch (covered freshness and stale window): generations must outlive it. */
export const LONGEST_STALE_MS = 30 * DAY_MS;
const AUDIT_MS = 30 * DAY_MS;
const ROLLUP_MS = 400 * DAY_MS;

export interface RetentionTask {
  readonly name: string;
  /** Deletes up to `limit` rows that are due; answers how many. */
  readonly sweep: (db: Db, now: number, limit: number) => Promise<number>;
  /** How many rows are due. */
  readonly due: (db: Db, now: number) => Promise<number>;
}

/** A table whose rows end at a moment that an index knows: rowids found by it, then deleted. */
function byEnd(table: string, column: string, keptMs: number): RetentionTask {
  const name = sql.raw(table);
  const end = sql.raw(column);
  return {
    name: table,
    sweep: async (db, now, limit) =>
      changed(
        await statement(
          db,
          sql`DELETE FROM ${name} WHERE rowid IN (
          SELECT rowid FROM ${name} WHERE ${end} <= ${now - keptMs} ORDER BY ${end} LIMIT ${limit})`,
        ),
      ),
    due: (db, now) => count(db, sql`SELECT count(*) AS due FROM ${name} WHERE ${end} <= ${now - keptMs}`),
  };
}

/** A table ordered by pool and time: pool by pool, by its index or primary key. */
function byPool(table: string, column: string, keptMs: number, poolId: string): RetentionTask {
  const name = sql.raw(table);
  const time = sql.raw(column);
  const before = (now: number) => sql`pool_id = ${poolId} AND ${time} < ${now - keptMs}`;
  const key = table === "audit_events" ? sql.raw("id") : time;
  return {
    name: `${table} of ${poolId}`,
    // A rollup's hour is deleted whole: its rows have no rowid, and together they are few.
    sweep: async (db, now, limit) =>
      changed(
        await statement(
          db,
          sql`DELETE FROM ${name} WHERE ${before(now)} AND ${key} IN (
          SELECT ${key} FROM ${name} WHERE ${before(now)} ORDER BY ${time} LIMIT ${limit})`,
        ),
      ),
    due: (db, now) => count(db, sql`SELECT count(*) AS due FROM ${name} WHERE ${before(now)}`),
  };
}

const GENERATIONS: RetentionTask = {
  name: "cache_generations",
  sweep: async (db, now, limit) =>
    changed(
      await statement(
        db,
        sql`DELETE FROM cache_generations WHERE (pool_id, surrogate_key) IN (
        SELECT pool_id, surrogate_key FROM cache_generations WHERE bumped_at < ${now - LONGEST_STALE_MS}
        ORDER BY bumped_at LIMIT ${limit})`,
      ),
    ),
  due: (db, now) =>
    count(db, sql`SELECT count(*) AS due FROM cache_generations WHERE bumped_at < ${now - LONGEST_STALE_MS}`),
};

/** Every task but the cache entries, whose R2 bodies must go with them (server/scheduled.ts). */
export function retentionTasks(poolIds: readonly string[]): readonly RetentionTask[] {
  return [
    ...poolIds.flatMap((poolId) => [
      byPool("audit_events", "at", AUDIT_MS, poolId),
      byPool("usage_hourly", "hour", ROLLUP_MS, poolId),
      byPool("usage_routes_hourly", "hour", ROLLUP_MS, poolId),
      byPool("usage_daily", "day", ROLLUP_MS, poolId),
      ...Object.entries(RUNNING_SUMS).map(([table, { keptMs }]) => byPool(table, "until", keptMs, poolId)),
    ]),
    byEnd("audit_batches", "at", AUDIT_MS),
    byEnd("webhook_deliveries", "received_at", DAY_MS),
    byEnd("web_sessions", "expires_at", 0),
    byEnd("caller_tokens", "revoked_at", AUDIT_MS),
    byEnd("github_public_repos", "expires_at", DAY_MS),
    byEnd("github_public_api_rates", "reset_at", DAY_MS),
    byEnd("housekeeping_runs", "started_at", AUDIT_MS),
    GENERATIONS,
  ];
}

/**
 * Deletes up to `limit` entries past their stale end with their surrogate keys (github_cache_entries_stale). Answers
 * the R2 keys that no other entry refers to any more.
 */
export async function sweepEntries(
  db: Db,
  now: number,
  limit: number,
): Promise<{ readonly seen: number; readonly deleted: number; readonly r2Keys: readonly string[] }> {
  const due = await allSql<{ cacheKey: string; r2Key: string | null }>(
    db,
    sql`
    SELECT cache_key AS cacheKey, r2_key AS r2Key FROM github_cache_entries
    WHERE stale_until <= ${now} ORDER BY stale_until LIMIT ${limit}`,
  );
  const keys = JSON.stringify(due.map((row) => row.cacheKey));
  const bodies = JSON.stringify([...new Set(due.flatMap((row) => (row.r2Key === null ? [] : [row.r2Key])))]);
  // An entry may have been filled anew since it was read: it is judged again, and keeps its keys if it stays.
  const gone = sql`cache_key IN (SELECT value FROM json_each(${keys}))`;
  const [deleted, , unused] = await db.batch([
    statement(db, sql`DELETE FROM github_cache_entries WHERE ${gone} AND stale_until <= ${now}`),
    statement(
      db,
      sql`DELETE FROM cache_entry_keys WHERE ${gone}
      AND NOT EXISTS (SELECT 1 FROM github_cache_entries e WHERE e.cache_key = cache_entry_keys.cache_key)`,
    ),
    allSql<{ r2Key: string }>(
      db,
      sql`SELECT value AS r2Key FROM json_each(${bodies})
      WHERE NOT EXISTS (SELECT 1 FROM github_cache_entries e WHERE e.r2_key = value)`,
    ),
  ]);
  return { seen: due.length, deleted: changed(deleted), r2Keys: unused.map((row) => row.r2Key) };
}

/** Entries past their stale end (github_cache_entries_stale). */
export function countDueEntries(db: Db, now: number): Promise<number> {
  return count(db, sql`SELECT count(*) AS due FROM github_cache_entries WHERE stale_until <= ${now}`);
}

/** Which of these R2 keys an entry refers to (github_cache_entries_r2). */
export async function referredBodies(db: Db, r2Keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await allSql<{ r2Key: string }>(
    db,
    sql`
    SELECT DISTINCT r2_key AS r2Key FROM github_cache_entries
    WHERE r2_key IN (SELECT value FROM json_each(${JSON.stringify(r2Keys)}))`,
  );
  return new Set(rows.map((row) => row.r2Key));
}

async function count(db: Db, query: ReturnType<typeof sql>): Promise<number> {
  const [row] = await allSql<{ due: number }>(db, query);
  return row?.due ?? 0;
}
