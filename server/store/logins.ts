/** Logins: callers bound to GitHub's user id, and their tokens. Each is one batch. Operators are in operators.ts. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { type Act, type AdminEvent, adminEventIfQuery, adminEventQuery } from "./admin-events.ts";
import { type KnownCaller, toKnownCaller } from "./callers.ts";
import { changed, type Db, statement } from "./db.ts";
import { createPoolQueries } from "./create-pool.ts";
import { callerPools, callers, callerTokens } from "./schema/index.ts";

/** A caller keeps this many clients; one more retires the least recently updated. */
export const MAX_CLIENTS = 16;

/** The id of a caller never changes, because GitHub's number for a user does not. */
export const callerIdOf = (githubUserId: number): string => `gh_${githubUserId}`;

/** A GitHub user whose membership was just proven. */
export interface Member {
  readonly githubUserId: number;
  readonly githubLogin: string;
  /** Lower-cased. */
  readonly orgLogin: string;
  /** A name to show; undefined keeps the one there is, the login at first. */
  readonly name: string | undefined;
}

export interface LoginAsk {
  readonly member: Member;
  readonly poolId: string;
  readonly newPoolPolicy: unknown;
  readonly clientName: string;
  readonly tokenHash: string;
  /** An operator's provisioning also ends an earlier revocation of the grant. */
  readonly regrant: boolean;
}

/** The caller's row, new or renewed, by GitHub's user id (primary key). */
export function callerQuery(db: Db, member: Member, at: number) {
  const loginKey = member.githubLogin.toLowerCase();
  const seen = { githubLogin: member.githubLogin, loginKey, orgLogin: member.orgLogin, membershipVerifiedAt: at };
  return db
    .insert(callers)
    .values({
      ...seen,
      id: callerIdOf(member.githubUserId),
      githubUserId: member.githubUserId,
      name: member.name ?? member.githubLogin,
      dashboardRole: "none",
      createdAt: at,
      updatedAt: at,
    })
    .onConflictDoUpdate({
      target: callers.id,
      set: {
        ...seen,
        membershipDeniedAt: null,
        updatedAt: at,
        ...(member.name === undefined ? {} : { name: member.name }),
      },
    });
}

function grantQuery(db: Db, callerId: string, poolId: string, at: number, regrant: boolean) {
  const grant = db.insert(callerPools).values({ callerId, poolId, grantedAt: at });
  return regrant
    ? grant.onConflictDoUpdate({ target: [callerPools.callerId, callerPools.poolId], set: { revokedAt: null } })
    : grant.onConflictDoNothing();
}

/**
 * Binds the login to the caller of that GitHub user, grants the pool, and replaces the token of this client name
 * only; beyond MAX_CLIENTS the oldest tokens are revoked. One batch. Answers the caller as stored: it may be
 * disabled, or its grant revoked by an operator, and then the token opens nothing.
 */
export async function saveLogin(db: Db, ask: LoginAsk, act: Act, event?: AdminEvent): Promise<KnownCaller> {
  const callerId = callerIdOf(ask.member.githubUserId);
  const live = and(eq(callerTokens.callerId, callerId), isNull(callerTokens.revokedAt));
  const [, , , , , , , rows, grants] = await db.batch([
    ...createPoolQueries(db, ask.poolId, ask.newPoolPolicy, act),
    callerQuery(db, ask.member, act.at),
    grantQuery(db, callerId, ask.poolId, act.at, ask.regrant),
    db
      .update(callerTokens)
      .set({ revokedAt: act.at })
      .where(and(live, eq(callerTokens.clientName, ask.clientName))),
    db
      .insert(callerTokens)
      .values({ tokenHash: ask.tokenHash, callerId, clientName: ask.clientName, createdAt: act.at }),
    statement(
      db,
      sql`
      UPDATE ${callerTokens} SET revoked_at = ${act.at}
      WHERE caller_id = ${callerId} AND revoked_at IS NULL AND token_hash NOT IN (
        SELECT token_hash FROM ${callerTokens} WHERE caller_id = ${callerId} AND revoked_at IS NULL
        ORDER BY token_hash = ${ask.tokenHash} DESC, created_at DESC, rowid DESC LIMIT ${MAX_CLIENTS})`,
    ),
    db.select().from(callers).where(eq(callers.id, callerId)),
    db
      .select({ poolId: callerPools.poolId })
      .from(callerPools)
      .where(and(eq(callerPools.callerId, callerId), isNull(callerPools.revokedAt))),
    ...(event === undefined ? [] : [adminEventQuery(db, act, event)]),
  ]);
  const row = rows[0];
  if (row === undefined) throw new Error("the caller just written is not there");
  return toKnownCaller(
    row,
    ask.clientName,
    grants.map((grant) => grant.poolId),
  );
}

/** Revokes one client's token (caller_tokens_client). False: there was none. */
export async function revokeClient(
  db: Db,
  ask: { readonly poolId: string; readonly callerId: string; readonly clientName: string },
  act: Act,
): Promise<boolean> {
  const { poolId, callerId, clientName } = ask;
  const event = {
    poolId,
    action: "client.revoke",
    subject: `${callerId}/${clientName}`,
    before: { revoked: false },
    after: { revoked: true },
  };
  const live = and(
    eq(callerTokens.callerId, callerId),
    eq(callerTokens.clientName, clientName),
    isNull(callerTokens.revokedAt),
    sql`EXISTS (SELECT 1 FROM ${callerPools} WHERE caller_pools.caller_id = ${callerId} AND caller_pools.pool_id = ${poolId})`,
  );
  const [, revoked] = await db.batch([
    adminEventIfQuery(db, act, event, sql`EXISTS (SELECT 1 FROM ${callerTokens} WHERE ${live})`),
    db.update(callerTokens).set({ revokedAt: act.at }).where(live),
  ]);
  return changed(revoked) > 0;
}
