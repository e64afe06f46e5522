/** Callers: who a token belongs to, and what operators decide about them. Logins and tokens are in logins.ts. */
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Caller } from "../relay/stages.ts";
import { type Act, adminEventIfQuery } from "./admin-events.ts";
import { changed, type Db, statement } from "./db.ts";
import { groupBy } from "./group-by.ts";
import { callerPools, callers, callerTokens } from "./schema/index.ts";

export interface KnownCaller extends Caller {
  readonly disabled: boolean;
  readonly dashboardRole: "none" | "admin";
  /** When GitHub last denied the membership (epoch ms); undefined: it did not, or said otherwise since. */
  readonly membershipDeniedAt: number | undefined;
}

type CallerRow = typeof callers.$inferSelect;

export function toKnownCaller(row: CallerRow, clientName: string, poolIds: readonly string[]): KnownCaller {
  return {
    id: row.id,
    name: row.name,
    githubLogin: row.githubLogin,
    githubUserId: row.githubUserId,
    orgLogin: row.orgLogin,
    clientName,
    poolIds,
    membershipVerifiedAt: row.membershipVerifiedAt,
    membershipDeniedAt: row.membershipDeniedAt ?? undefined,
    dashboardRole: row.dashboardRole,
    disabled: row.disabledAt !== null,
  };
}

/** The caller of a live token with the pools granted, in one query by primary keys. Undefined: unknown or revoked. */
export async function findCallerByTokenHash(db: Db, tokenHash: string): Promise<KnownCaller | undefined> {
  const rows = await db
    .select({ caller: callers, clientName: callerTokens.clientName, poolId: callerPools.poolId })
    .from(callerTokens)
    .innerJoin(callers, eq(callers.id, callerTokens.callerId))
    .leftJoin(callerPools, and(eq(callerPools.callerId, callers.id), isNull(callerPools.revokedAt)))
    .where(and(eq(callerTokens.tokenHash, tokenHash), isNull(callerTokens.revokedAt)));
  const [first] = rows;
  if (first === undefined) return undefined;
  return toKnownCaller(
    first.caller,
    first.clientName,
    rows.flatMap((row) => (row.poolId === null ? [] : [row.poolId])),
  );
}

/** One caller with the pools granted (primary keys); the client name is empty. */
export async function findCaller(db: Db, callerId: string): Promise<KnownCaller | undefined> {
  const [rows, grants] = await db.batch([
    db.select().from(callers).where(eq(callers.id, callerId)),
    db
      .select({ poolId: callerPools.poolId })
      .from(callerPools)
      .where(and(eq(callerPools.callerId, callerId), isNull(callerPools.revokedAt))),
  ]);
  const row = rows[0];
  return row === undefined
    ? undefined
    : toKnownCaller(
        row,
        "",
        grants.map((grant) => grant.poolId),
      );
}

/** Writes down that GitHub confirmed the membership at this moment (primary key); never back in time. */
export async function recordMembership(db: Db, callerId: string, at: number): Promise<void> {
  await db
    .update(callers)
    .set({ membershipVerifiedAt: at, membershipDeniedAt: null })
    .where(and(eq(callers.id, callerId), sql`max(membership_verified_at, coalesce(membership_denied_at, 0)) <= ${at}`));
}

/** Writes down that GitHub denied the membership at this moment (primary key), for operators to see. */
export async function recordDenial(db: Db, callerId: string, at: number): Promise<void> {
  await db
    .update(callers)
    .set({ membershipDeniedAt: at })
    .where(and(eq(callers.id, callerId), sql`membership_verified_at <= ${at}`));
}

/** Whether an operator's caller exists in this pool, as a condition inside a batch. */
const inPool = (callerId: string, poolId: string) =>
  sql`EXISTS (SELECT 1 FROM ${callerPools} WHERE ${callerPools.callerId} = ${callerId} AND ${callerPools.poolId} = ${poolId})`;

/** Disables a caller or enables it again (primary key): all clients, all pools. False: it is not of this pool. */
export async function setCallerDisabled(
  db: Db,
  ask: { readonly poolId: string; readonly callerId: string; readonly disabled: boolean },
  act: Act,
): Promise<boolean> {
  const { poolId, callerId, disabled } = ask;
  const [was] = await db.select({ disabledAt: callers.disabledAt }).from(callers).where(eq(callers.id, callerId));
  const action = disabled ? "caller.disable" : "caller.enable";
  const before = { disabled: was?.disabledAt != null };
  const event = { poolId, action, subject: callerId, before, after: { disabled } };
  const [, updated] = await db.batch([
    adminEventIfQuery(db, act, event, inPool(callerId, poolId)),
    db
      .update(callers)
      .set({ disabledAt: disabled ? act.at : null, updatedAt: act.at })
      .where(and(eq(callers.id, callerId), inPool(callerId, poolId))),
  ]);
  return changed(updated) > 0;
}

/** Grants a pool to a caller or takes it away (primary key); a grant taken away stays so over later logins. */
export async function setPoolGrant(
  db: Db,
  ask: { readonly poolId: string; readonly callerId: string; readonly granted: boolean },
  act: Act,
): Promise<void> {
  const { poolId, callerId, granted } = ask;
  const known = sql`EXISTS (SELECT 1 FROM ${callers} WHERE ${callers.id} = ${callerId})`;
  const [was] = await db
    .select({ revokedAt: callerPools.revokedAt })
    .from(callerPools)
    .where(and(eq(callerPools.callerId, callerId), eq(callerPools.poolId, poolId)));
  const event = {
    poolId,
    action: granted ? "caller.grant" : "caller.revoke",
    subject: callerId,
    before: { granted: was?.revokedAt === null },
    after: { granted },
  };
  const revokedAt = granted ? null : act.at;
  await db.batch([
    adminEventIfQuery(db, act, event, known),
    statement(
      db,
      sql`
      INSERT INTO ${callerPools} (caller_id, pool_id, granted_at, revoked_at)
      SELECT ${callerId}, ${poolId}, ${act.at}, ${revokedAt} WHERE ${known}
      ON CONFLICT (caller_id, pool_id) DO UPDATE SET revoked_at = excluded.revoked_at`,
    ),
  ]);
}

/** Callers of a pool with their live clients (caller_pools_pool, primary keys), by login; at most `limit` callers. */
export async function listCallers(db: Db, poolId: string, limit: number, afterLogin = "") {
  const rows = await db
    .select({ caller: callers, grant: callerPools })
    .from(callerPools)
    .innerJoin(callers, eq(callers.id, callerPools.callerId))
    .where(and(eq(callerPools.poolId, poolId), sql`${callers.loginKey} > ${afterLogin}`))
    .orderBy(callers.loginKey)
    .limit(limit);
  const ids = JSON.stringify(rows.map((row) => row.caller.id));
  const clients = await db
    .select({ callerId: callerTokens.callerId, clientName: callerTokens.clientName, createdAt: callerTokens.createdAt })
    .from(callerTokens)
    .where(and(sql`${callerTokens.callerId} IN (SELECT value FROM json_each(${ids}))`, isNull(callerTokens.revokedAt)));
  const clientsOf = groupBy(clients, (client) => client.callerId);
  return rows.map(({ caller, grant }) => ({ caller, grant, clients: clientsOf.get(caller.id) ?? [] }));
}
