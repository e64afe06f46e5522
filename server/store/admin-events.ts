/** The admin audit log. A change and its event are one batch, so neither stands without the other. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { type Db, statement } from "./db.ts";
import { adminEvents } from "./schema/index.ts";

/** Who acts, for the row that every change leaves. */
export interface Act {
  /** `admin-token`, or an operator's GitHub login. */
  readonly actor: string;
  /** Epoch ms. */
  readonly at: number;
  readonly requestId: string;
}

export interface AdminEvent {
  readonly poolId: string;
  /** Such as `identity.put`. */
  readonly action: string;
  readonly subject: string;
  /** Plain values without secrets; undefined where there was nothing. */
  readonly before: unknown;
  readonly after: unknown;
}

/** The statement to put into the change's batch. */
export function adminEventQuery(db: Db, act: Act, event: AdminEvent) {
  return db.insert(adminEvents).values({
    ...act,
    poolId: event.poolId,
    action: event.action,
    subject: event.subject,
    before: event.before === undefined ? null : JSON.stringify(event.before),
    after: event.after === undefined ? null : JSON.stringify(event.after),
  });
}

/**
 * The same, written only if this condition holds when the batch runs: for changes that may turn out to be none.
 * Place it before the change it reports.
 */
export function adminEventIfQuery(db: Db, act: Act, event: AdminEvent, condition: ReturnType<typeof sql>) {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  return statement(
    db,
    sql`
    INSERT INTO ${adminEvents} (at, pool_id, actor, action, subject, before, after, request_id)
    SELECT ${act.at}, ${event.poolId}, ${act.actor}, ${event.action}, ${event.subject}, ${json(event.before)},
      ${json(event.after)}, ${act.requestId}
    WHERE ${condition}`,
  );
}

/** An act whose change is not in D1, by itself. */
export async function recordAct(db: Db, act: Act, event: AdminEvent): Promise<void> {
  await adminEventQuery(db, act, event);
}

/** Events of a pool, newest first (admin_events_pool_at). `before` is the id of the last one already shown. */
export async function listAdminEvents(db: Db, poolId: string, limit: number, before?: number) {
  return db
    .select()
    .from(adminEvents)
    .where(and(eq(adminEvents.poolId, poolId), before === undefined ? undefined : lt(adminEvents.id, before)))
    .orderBy(desc(adminEvents.at), desc(adminEvents.id))
    .limit(limit);
}
