/** Pools come to be by their first mention, in the batch that mentions them. */
import { sql } from "drizzle-orm";
import { type Act, adminEventIfQuery } from "./admin-events.ts";
import { changed, type Db } from "./db.ts";
import { pools } from "./schema/index.ts";

/** Statements that create a pool unless it exists, with its admin event: put them first in a provisioning batch. */
export function createPoolQueries(db: Db, poolId: string, policy: unknown, act: Act) {
  const absent = sql`NOT EXISTS (SELECT 1 FROM ${pools} WHERE ${pools.id} = ${poolId})`;
  const event = { poolId, action: "pool.create", subject: poolId, before: undefined, after: policy };
  return [
    adminEventIfQuery(db, act, event, absent),
    db
      .insert(pools)
      .values({ id: poolId, policy: JSON.stringify(policy), policyVersion: 1, createdAt: act.at, updatedAt: act.at })
      .onConflictDoNothing(),
  ] as const;
}

/** Creates a pool with this policy unless it exists. True: it was new. */
export async function createPool(db: Db, poolId: string, policy: unknown, act: Act): Promise<boolean> {
  const [, inserted] = await db.batch(createPoolQueries(db, poolId, policy, act));
  return changed(inserted) > 0;
}
