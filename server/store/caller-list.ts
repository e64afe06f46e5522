/** Callers as the dashboard lists them: with their live clients, and the grants of pools that the operator holds. */
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { groupBy } from "./group-by.ts";
import { callerPools, callers, callerTokens } from "./schema/index.ts";

export interface ListedCaller {
  readonly id: string;
  readonly name: string;
  readonly githubLogin: string;
  readonly loginKey: string;
  readonly dashboardRole: "none" | "admin";
  readonly membershipVerifiedAt: number;
  readonly membershipDeniedAt: number | null;
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly clients: readonly { readonly clientName: string; readonly createdAt: number }[];
  /** Pools among those asked about; a revoked grant says when. */
  readonly grants: readonly {
    readonly poolId: string;
    readonly grantedAt: number;
    readonly revokedAt: number | null;
  }[];
  /** Whether a pool that was not asked about is granted. */
  readonly holdsOtherPools: boolean;
}

/**
 * Callers who have or had a grant of the pool, by login (caller_pools_pool, primary keys, caller_tokens_client). `after`
 * is the login and id of the last one shown; two callers may bear one login, so the id is part of it.
 */
export async function listCallersOfPool(
  db: Db,
  ask: {
    readonly poolId: string;
    readonly poolIds: readonly string[];
    readonly text: string;
    readonly limit: number;
    readonly after?: { readonly loginKey: string; readonly id: string } | undefined;
  },
): Promise<readonly ListedCaller[]> {
  const after = ask.after ?? { loginKey: "", id: "" };
  const text = `%${ask.text.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;
  const rows = await db
    .select({ caller: callers })
    .from(callerPools)
    .innerJoin(callers, eq(callers.id, callerPools.callerId))
    .where(
      and(
        eq(callerPools.poolId, ask.poolId),
        sql`(${callers.loginKey}, ${callers.id}) > (${after.loginKey}, ${after.id})`,
        ask.text === ""
          ? undefined
          : sql`(${callers.loginKey} LIKE ${text} ESCAPE '\\' OR ${callers.name} LIKE ${text} ESCAPE '\\')`,
      ),
    )
    .orderBy(callers.loginKey, callers.id)
    .limit(ask.limit);
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map(({ caller }) => caller.id));
  const [clients, grants] = await db.batch([
    db
      .select({
        callerId: callerTokens.callerId,
        clientName: callerTokens.clientName,
        createdAt: callerTokens.createdAt,
      })
      .from(callerTokens)
      .where(
        and(sql`${callerTokens.callerId} IN (SELECT value FROM json_each(${ids}))`, isNull(callerTokens.revokedAt)),
      ),
    db
      .select()
      .from(callerPools)
      .where(sql`${callerPools.callerId} IN (SELECT value FROM json_each(${ids}))`),
  ]);
  const clientsOf = groupBy(clients, ({ callerId }) => callerId);
  const grantsOf = groupBy(grants, ({ callerId }) => callerId);
  const asked = new Set(ask.poolIds);
  return rows.map(({ caller: { githubUserId: _user, orgLogin: _org, updatedAt: _at, ...caller } }) => {
    const all = grantsOf.get(caller.id) ?? [];
    const own = all.filter(({ poolId }) => asked.has(poolId));
    return {
      ...caller,
      clients: (clientsOf.get(caller.id) ?? []).map(({ clientName, createdAt }) => ({ clientName, createdAt })),
      grants: own.map(({ poolId, grantedAt, revokedAt }) => ({ poolId, grantedAt, revokedAt })),
      holdsOtherPools: all.some(({ poolId, revokedAt }) => revokedAt === null && !asked.has(poolId)),
    };
  });
}

/** Whether the caller may use a pool that is none of these (primary key prefix). */
export async function holdsOtherPools(db: Db, callerId: string, poolIds: readonly string[]): Promise<boolean> {
  const rows = await db
    .select({ poolId: callerPools.poolId })
    .from(callerPools)
    .where(
      and(
        eq(callerPools.callerId, callerId),
        isNull(callerPools.revokedAt),
        sql`${callerPools.poolId} NOT IN (SELECT value FROM json_each(${JSON.stringify(poolIds)}))`,
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Whether the caller has or had a grant of the pool (primary key). */
export async function isCallerOfPool(db: Db, callerId: string, poolId: string): Promise<boolean> {
  const rows = await db
    .select({ poolId: callerPools.poolId })
    .from(callerPools)
    .where(and(eq(callerPools.callerId, callerId), eq(callerPools.poolId, poolId)));
  return rows.length > 0;
}

/** Logins of these callers, by id (primary keys). */
export async function readLogins(db: Db, callerIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = JSON.stringify([...new Set(callerIds)]);
  const rows = await db
    .select({ id: callers.id, githubLogin: callers.githubLogin })
    .from(callers)
    .where(sql`${callers.id} IN (SELECT value FROM json_each(${ids}))`);
  return new Map(rows.map(({ id, githubLogin }) => [id, githubLogin]));
}
