/** Counting before a purge, and deleting what may never be served again. */
import { and, eq, sql } from "drizzle-orm";
import { type Act, adminEventQuery } from "./admin-events.ts";
import type { Db } from "./db.ts";
import { bumpGenerationsQuery } from "./generations.ts";
import { cacheEntryKeys, githubCacheEntries } from "./schema/index.ts";
import { endProofQuery } from "./visibility.ts";

/** How many entries of a pool these surrogate keys name (primary key prefix); none is counted twice. */
export async function countByKeys(db: Db, poolId: string, keys: readonly string[]): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(DISTINCT ${cacheEntryKeys.cacheKey})` })
    .from(cacheEntryKeys)
    .where(
      and(
        sql`${cacheEntryKeys.surrogateKey} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`,
        eq(cacheEntryKeys.poolId, poolId),
      ),
    );
  return row?.count ?? 0;
}

/** How many entries a scope (`owner/repo`) holds (github_cache_entries_scope). */
export async function countOfScope(db: Db, poolId: string, scope: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)` })
    .from(githubCacheEntries)
    .where(and(eq(githubCacheEntries.poolId, poolId), eq(githubCacheEntries.scope, scope)));
  return row?.count ?? 0;
}

/**
 * Deletes a scope's entries and their surrogate keys in one batch (github_cache_entries_scope). Answers the R2 keys
 * that stood in them: the caller deletes those bodies; the sweep finds what the caller could not. The cache keys are for the edge's copies.
 */
export async function deleteEntriesOfScope(
  db: Db,
  poolId: string,
  scope: string,
): Promise<{ readonly deleted: number; readonly cacheKeys: readonly string[]; readonly r2Keys: readonly string[] }> {
  const inScope = and(eq(githubCacheEntries.poolId, poolId), eq(githubCacheEntries.scope, scope));
  const [, rows] = await db.batch([
    db
      .delete(cacheEntryKeys)
      .where(
        sql`${cacheEntryKeys.cacheKey} IN (SELECT cache_key FROM ${githubCacheEntries} WHERE pool_id = ${poolId} AND scope = ${scope})`,
      ),
    db
      .delete(githubCacheEntries)
      .where(inScope)
      .returning({ cacheKey: githubCacheEntries.cacheKey, r2Key: githubCacheEntries.r2Key }),
  ]);
  return {
    deleted: rows.length,
    cacheKeys: rows.map((row) => row.cacheKey),
    r2Keys: rows.flatMap((row) => (row.r2Key === null ? [] : [row.r2Key])),
  };
}

/**
 * Ends what these keys name, with the operator's act, in one batch (primary key). Entries stay until their stale end.
 * `visibility:` ends the proof as well, in every pool: GitHub is asked anew.
 */
export async function purgeKeys(
  db: Db,
  poolId: string,
  byScope: ReadonlyMap<string, readonly string[]>,
  act: Act,
): Promise<void> {
  const keys = [...byScope.values()].flat();
  const event = {
    poolId,
    action: "cache.purge",
    subject: keys.join(" ").slice(0, 1000),
    before: undefined,
    after: { keys: keys.length },
  };
  const bumps = [...byScope].map(([scope, of]) => bumpGenerationsQuery(db, poolId, scope, of, act.at));
  await db.batch([adminEventQuery(db, act, event), ...bumps, ...endedProofs(db, keys, act.at)]);
}

function endedProofs(db: Db, keys: readonly string[], now: number) {
  return keys.flatMap((key) => {
    const [, owner, repo] = /^visibility:([^/]+)\/(.+)$/.exec(key) ?? [];
    return owner === undefined || repo === undefined ? [] : [endProofQuery(db, owner, repo, now)];
  });
}
