/** How often surrogate keys were purged. An absent row is generation 0. */
import { and, eq, sql } from "drizzle-orm";
import { compiled, resultOf } from "./compiled.ts";
import { type Db, statement } from "./db.ts";
import { cacheGenerations } from "./schema/index.ts";

export interface Generations {
  /** Every key asked about; 0 where it was never purged. */
  readonly generations: Record<string, number>;
  /** Grows with every purge of any key of the scope or of the pool's own. */
  readonly epoch: number;
}

/** The row that every purge within a scope bumps as well. */
export const epochKey = (scope: string): string => `epoch:${scope}`;

/** The scope of what belongs to no repository, and of keys that reach into many: `search`, `global`. */
export const POOL_SCOPE = "*";

/** What a lookup reads: the keys, their scope's epoch, and the pool-wide one. */
export function keysWithEpochs(scope: string, keys: readonly string[]): readonly string[] {
  return [...keys, epochKey(scope), epochKey(POOL_SCOPE)];
}

/** Rows of the keys of one pool, by primary key. For use in a batch; see collectGenerations. */
export function generationsQuery(db: Db, poolId: string, keys: readonly string[]) {
  return generationsOf(db, { poolId, keys: JSON.stringify(keys) });
}

const generationsOf = compiled(["poolId", "keys"], (db, { poolId, keys }) =>
  db
    .select({ key: cacheGenerations.surrogateKey, generation: cacheGenerations.generation })
    .from(cacheGenerations)
    .where(
      and(
        eq(cacheGenerations.poolId, poolId),
        sql`${cacheGenerations.surrogateKey} IN (SELECT value FROM json_each(${keys}))`,
      ),
    ),
);

export function collectGenerations(
  rows: readonly { readonly key: string; readonly generation: number }[],
  scope: string,
  surrogateKeys: readonly string[],
): Generations {
  const known = new Map(rows.map((row) => [row.key, row.generation]));
  return {
    generations: Object.fromEntries(surrogateKeys.map((key) => [key, known.get(key) ?? 0])),
    // Both only grow, so their sum moves with either.
    epoch: (known.get(epochKey(scope)) ?? 0) + (scope === POOL_SCOPE ? 0 : (known.get(epochKey(POOL_SCOPE)) ?? 0)),
  };
}

/** The generations of these keys and the scope's epoch, in one read by primary key. */
export async function readGenerations(
  db: Db,
  poolId: string,
  scope: string,
  surrogateKeys: readonly string[],
): Promise<Generations> {
  const rows = await resultOf(db, generationsQuery(db, poolId, keysWithEpochs(scope, surrogateKeys)));
  return collectGenerations(rows, scope, surrogateKeys);
}

/** One row by primary key: has anything of this scope been purged? */
export async function readEpoch(db: Db, poolId: string, scope: string): Promise<number> {
  const { epoch } = await readGenerations(db, poolId, scope, []);
  return epoch;
}

/**
 * Purges keys of one pool and bumps their scope's epoch, in one statement (primary key). A generation is at least
 * `now`, so that a number is never used twice, not even after its row was swept.
 */
export function bumpGenerationsQuery(db: Db, poolId: string, scope: string, keys: readonly string[], now: number) {
  const bumped = JSON.stringify([...new Set([...keys, epochKey(scope)])]);
  return statement(
    db,
    sql`
    INSERT INTO ${cacheGenerations} (pool_id, surrogate_key, generation, bumped_at, scope)
    SELECT ${poolId}, value, ${now}, ${now}, ${scope} FROM json_each(${bumped}) WHERE true
    ON CONFLICT (pool_id, surrogate_key) DO UPDATE SET
      generation = max(generation + 1, excluded.generation), bumped_at = excluded.bumped_at, scope = excluded.scope`,
  );
}

/** Purges these surrogate keys in one pool. It binds every answer that begins after the isolates' memos have ended. */
export async function bumpGenerations(
  db: Db,
  poolId: string,
  scope: string,
  keys: readonly string[],
  now: number,
): Promise<void> {
  await bumpGenerationsQuery(db, poolId, scope, keys, now);
}

/** The same in every pool, for webhooks. Reads the whole table of pools, of which there are few. */
export async function bumpGenerationsEverywhere(
  db: Db,
  scope: string,
  keys: readonly string[],
  now: number,
): Promise<void> {
  const bumped = JSON.stringify([...new Set([...keys, epochKey(scope)])]);
  await statement(
    db,
    sql`
    INSERT INTO ${cacheGenerations} (pool_id, surrogate_key, generation, bumped_at, scope)
    SELECT pools.id, keys.value, ${now}, ${now}, ${scope} FROM json_each(${bumped}) AS keys CROSS JOIN pools WHERE true
    ON CONFLICT (pool_id, surrogate_key) DO UPDATE SET
      generation = max(generation + 1, excluded.generation), bumped_at = excluded.bumped_at, scope = excluded.scope`,
  );
}
