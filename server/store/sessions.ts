/** Browser sessions of operators; only hashes are stored. */
import { and, eq, gt } from "drizzle-orm";
import { type KnownCaller, toKnownCaller } from "./callers.ts";
import type { Db } from "./db.ts";
import { callerPools, callers, webSessions } from "./schema/index.ts";

export interface NewSession {
  /** SHA-256 (base64url) of the cookie's value. */
  readonly sessionHash: string;
  readonly callerId: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Starts a session. */
export async function createSession(db: Db, session: NewSession): Promise<void> {
  await db.insert(webSessions).values(session);
}

/** The caller of a session that has not ended, with the pools granted (primary keys), in one query. */
export async function findSession(db: Db, sessionHash: string, now: number): Promise<KnownCaller | undefined> {
  const rows = await db
    .select({ caller: callers, poolId: callerPools.poolId, revokedAt: callerPools.revokedAt })
    .from(webSessions)
    .innerJoin(callers, eq(callers.id, webSessions.callerId))
    .leftJoin(callerPools, eq(callerPools.callerId, callers.id))
    .where(and(eq(webSessions.sessionHash, sessionHash), gt(webSessions.expiresAt, now)));
  const [first] = rows;
  if (first === undefined) return undefined;
  const poolIds = rows.flatMap((row) => (row.poolId === null || row.revokedAt !== null ? [] : [row.poolId]));
  return toKnownCaller(first.caller, "", poolIds);
}

/** Ends one session (primary key); none of that hash is no error. */
export async function endSession(db: Db, sessionHash: string): Promise<void> {
  await db.delete(webSessions).where(eq(webSessions.sessionHash, sessionHash));
}
