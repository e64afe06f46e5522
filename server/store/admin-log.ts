/** The admin audit log as the dashboard reads it: filtered, page by page. Writing it is in admin-events.ts. */
import { and, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { adminEvents } from "./schema/index.ts";

/** Where a page ended: newest first, by time and then id. */
export interface EventCursor {
  readonly at: number;
  readonly id: number;
}

export interface AdminLogAsk {
  readonly poolId: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly actor?: string | undefined;
  /** Whole actions (`policy.save`), or a noun (`policy`). */
  readonly action?: string | undefined;
  /** Anywhere in the subject, whatever its case. */
  readonly text?: string | undefined;
  readonly limit: number;
  readonly before?: EventCursor | undefined;
}

const before = (cursor: EventCursor | undefined) =>
  cursor === undefined ? undefined : sql`(${adminEvents.at}, ${adminEvents.id}) < (${cursor.at}, ${cursor.id})`;

/** Events of a pool, newest first: a walk along admin_events_pool_at. */
export async function searchAdminEvents(db: Db, ask: AdminLogAsk) {
  const text = ask.text === undefined || ask.text === "" ? undefined : `%${ask.text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return db
    .select()
    .from(adminEvents)
    .where(
      and(
        eq(adminEvents.poolId, ask.poolId),
        ask.from === undefined ? undefined : gte(adminEvents.at, ask.from),
        ask.to === undefined ? undefined : lt(adminEvents.at, ask.to),
        before(ask.before),
        ask.actor === undefined ? undefined : eq(adminEvents.actor, ask.actor),
        ask.action === undefined
          ? undefined
          : sql`(${adminEvents.action} = ${ask.action} OR substr(${adminEvents.action}, 1, ${ask.action.length + 1}) = ${`${ask.action}.`})`,
        text === undefined ? undefined : sql`${adminEvents.subject} LIKE ${text} ESCAPE '\\'`,
      ),
    )
    .orderBy(desc(adminEvents.at), desc(adminEvents.id))
    .limit(ask.limit);
}

const POLICY_ACTIONS = ["policy.save", "policy.restore", "pool.create"];

/** What the policy was and became, newest first: a walk along admin_events_pool_at. */
export async function listPolicyEvents(db: Db, ask: Pick<AdminLogAsk, "poolId" | "limit" | "before">) {
  return db
    .select()
    .from(adminEvents)
    .where(and(eq(adminEvents.poolId, ask.poolId), before(ask.before), inArray(adminEvents.action, POLICY_ACTIONS)))
    .orderBy(desc(adminEvents.at), desc(adminEvents.id))
    .limit(ask.limit);
}

/** One of them (primary key). Undefined: there is none of that id in this pool. */
export async function findPolicyEvent(db: Db, poolId: string, id: number) {
  const [event] = await db
    .select()
    .from(adminEvents)
    .where(and(eq(adminEvents.id, id), eq(adminEvents.poolId, poolId), inArray(adminEvents.action, POLICY_ACTIONS)));
  return event;
}
