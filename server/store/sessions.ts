/** Browser sessions of operators; only hashes are stored. */
import { and, eq, gt, sql } from "drizzle-orm";
import { type KnownCaller, toKnownCaller } from "./callers.ts";
import { type Db, statement } from "./db.ts";
import { callerIdOf, callerQuery, type Member } from "./logins.ts";
import { callerPools, callers, webSessions } from "./schema/index.ts";

export interface SignIn {
  readonly member: Member;
  /** SHA-256 (base64url) of the cookie's value. */
  readonly sessionHash: string;
  /** Epoch ms. */
  readonly at: number;
  readonly expiresAt: number;
  /** The session the browser had before: it ends. */
  readonly replaces?: string;
}

/**
 * Writes down the member, known or new and without a grant, and starts the session, in one batch. False: an operator
 * has disabled the caller, and no session was started.
 */
export async function startSession(db: Db, { member, sessionHash, at, expiresAt, replaces }: SignIn): Promise<boolean> {
  const callerId = callerIdOf(member.githubUserId);
  const [, , , started] = await db.batch([
    callerQuery(db, member, at),
    db.delete(webSessions).where(eq(webSessions.sessionHash, replaces ?? "")),
    statement(
      db,
      sql`
      INSERT INTO ${webSessions} (session_hash, caller_id, created_at, expires_at)
      SELECT ${sessionHash}, id, ${at}, ${expiresAt} FROM ${callers} WHERE id = ${callerId} AND disabled_at IS NULL`,
    ),
    db.select({ callerId: webSessions.callerId }).from(webSessions).where(eq(webSessions.sessionHash, sessionHash)),
  ]);
  return started.length === 1;
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
