/** The operator role: who may use the dashboard. Each change is one batch with its admin event. */
import { and, eq, sql } from "drizzle-orm";
import { type Act, type AdminEvent, adminEventQuery } from "./admin-events.ts";
import { type KnownCaller, toKnownCaller } from "./callers.ts";
import { createPoolQueries } from "./create-pool.ts";
import { type Db, statement } from "./db.ts";
import { callerIdOf, callerQuery, type Member } from "./logins.ts";
import { callerPools, callers, webSessions } from "./schema/index.ts";

/**
 * Sets the operator role, creating the caller, with the admin event, in one batch. Giving it grants the pool; taking it
 * ends the caller's browser sessions, so that it holds at once.
 */
export async function setDashboardRole(
  db: Db,
  ask: {
    readonly member: Member;
    readonly poolId: string;
    readonly newPoolPolicy: unknown;
    readonly role: "none" | "admin";
  },
  act: Act,
): Promise<KnownCaller> {
  const callerId = callerIdOf(ask.member.githubUserId);
  const event: AdminEvent = {
    poolId: ask.poolId,
    action: "operator.set",
    subject: ask.member.githubLogin,
    before: undefined,
    after: { role: ask.role },
  };
  const results = await db.batch([
    ...createPoolQueries(db, ask.poolId, ask.newPoolPolicy, act),
    callerQuery(db, ask.member, act.at),
    statement(
      db,
      sql`
      INSERT INTO ${callerPools} (caller_id, pool_id, granted_at)
      SELECT ${callerId}, ${ask.poolId}, ${act.at} WHERE ${ask.role} = 'admin'
      ON CONFLICT (caller_id, pool_id) DO UPDATE SET revoked_at = NULL`,
    ),
    db.update(callers).set({ dashboardRole: ask.role }).where(eq(callers.id, callerId)),
    adminEventQuery(db, act, event),
    db.delete(webSessions).where(and(eq(webSessions.callerId, callerId), sql`${ask.role} = 'none'`)),
    db.select().from(callers).where(eq(callers.id, callerId)),
  ]);
  const row = results[7][0];
  if (row === undefined) throw new Error("the caller just written is not there");
  return toKnownCaller(row, "", [ask.poolId]);
}

/**
 * Takes the operator role from whoever bore this login last (callers_login), without asking GitHub: it must be
 * possible for somebody who has left. Ends the browser sessions in the same batch. Undefined: nobody bears it.
 */
export async function endDashboardRole(
  db: Db,
  ask: { readonly githubLogin: string; readonly poolId: string },
  act: Act,
): Promise<KnownCaller | undefined> {
  const [row] = await db
    .select()
    .from(callers)
    .where(eq(callers.loginKey, ask.githubLogin.toLowerCase()))
    .orderBy(sql`${callers.updatedAt} DESC`)
    .limit(1);
  if (row === undefined) return undefined;
  const event: AdminEvent = {
    poolId: ask.poolId,
    action: "operator.set",
    subject: row.githubLogin,
    before: { role: row.dashboardRole },
    after: { role: "none" },
  };
  await db.batch([
    db.update(callers).set({ dashboardRole: "none", updatedAt: act.at }).where(eq(callers.id, row.id)),
    db.delete(webSessions).where(eq(webSessions.callerId, row.id)),
    adminEventQuery(db, act, event),
  ]);
  return toKnownCaller({ ...row, dashboardRole: "none" }, "", []);
}
