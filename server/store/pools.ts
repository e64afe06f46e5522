/** Pools and their policies. What stands in `policy` is decoded by shared/policy.ts, not here. */
import { and, eq, sql } from "drizzle-orm";
import type { Identity } from "../relay/stages.ts";
import { type Act, adminEventIfQuery } from "./admin-events.ts";
import { changed, type Db } from "./db.ts";
import { identitiesQuery, scopesOfPoolQuery, toIdentities } from "./identities.ts";
import { pools } from "./schema/index.ts";

export { createPool } from "./create-pool.ts";

export interface StoredPool {
  readonly id: string;
  readonly policyText: string;
  readonly policyVersion: number;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly identities: readonly Identity[];
}

const poolQuery = (db: Db, poolId: string) =>
  db
    .select({ id: pools.id, policyText: pools.policy, policyVersion: pools.policyVersion, updatedAt: pools.updatedAt })
    .from(pools)
    .where(eq(pools.id, poolId));

/** A pool with its identities and their scopes, in one batch of three reads (primary keys, identities_pool). */
export async function loadPool(db: Db, poolId: string): Promise<StoredPool | undefined> {
  const [found, identityRows, scopeRows] = await db.batch([
    poolQuery(db, poolId),
    identitiesQuery(db, poolId),
    scopesOfPoolQuery(db, poolId),
  ]);
  const pool = found[0];
  return pool === undefined ? undefined : { ...pool, identities: toIdentities(identityRows, scopeRows) };
}

/** The policy's text and version alone (primary key). */
export async function findPool(db: Db, poolId: string): Promise<Omit<StoredPool, "identities"> | undefined> {
  const [pool] = await poolQuery(db, poolId);
  return pool;
}

/**
 * Replaces the policy and counts its version up (primary key), with the admin event in the same batch. Undefined:
 * somebody else changed it after `known` was read, or there is no such pool; nothing is written then.
 */
export async function savePolicy(
  db: Db,
  known: {
    readonly id: string;
    readonly policyText: string;
    readonly policyVersion: number;
    /** Where an earlier policy is put back: its version, for the event. */
    readonly restores?: number;
  },
  policy: unknown,
  act: Act,
): Promise<number | undefined> {
  const unchanged = and(eq(pools.id, known.id), eq(pools.policyVersion, known.policyVersion));
  const event = {
    poolId: known.id,
    action: known.restores === undefined ? "policy.save" : "policy.restore",
    subject: known.restores === undefined ? known.id : `${known.id}, version ${known.restores}`,
    before: { version: known.policyVersion, policy: known.policyText },
    after: policy,
  };
  const [, saved] = await db.batch([
    adminEventIfQuery(db, act, event, sql`EXISTS (SELECT 1 FROM ${pools} WHERE ${unchanged})`),
    db
      .update(pools)
      .set({ policy: JSON.stringify(policy), policyVersion: known.policyVersion + 1, updatedAt: act.at })
      .where(unchanged),
  ]);
  return changed(saved) > 0 ? known.policyVersion + 1 : undefined;
}

/** Every pool's id. Reads the whole table, of which there are few rows; for housekeeping and webhooks only. */
export async function listPoolIds(db: Db): Promise<readonly string[]> {
  const rows = await db.select({ id: pools.id }).from(pools).orderBy(pools.id).limit(1000);
  return rows.map((row) => row.id);
}
