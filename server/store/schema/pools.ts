import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * A pool: the identities that serve together and the policy they serve under. Read by primary key. Kept.
 * `policy` is JSON text, decoded strictly by shared/policy.ts: what cannot be read closes the pool.
 */
export const pools = sqliteTable("pools", {
  id: text("id").primaryKey(),
  policy: text("policy").notNull(),
  policyVersion: integer("policy_version").notNull(),
  /** Days before this moment (epoch ms, midnight UTC) are summed up in usage_daily; see server/store/daily.ts. */
  usageClosedUntil: integer("usage_closed_until").notNull().default(0),
  /** Hours before this moment (epoch ms) are in the running sums; see server/store/running-sums.ts. */
  usageSummedUntil: integer("usage_summed_until").notNull().default(0),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/**
 * What operators did: who, what, before, after, without secrets. Written in the same batch as the change.
 * Index (pool_id, at) for the dashboard's audit log. Kept.
 */
export const adminEvents = sqliteTable(
  "admin_events",
  {
    id: integer("id").primaryKey(),
    at: integer("at").notNull(),
    poolId: text("pool_id").notNull(),
    /** `admin-token`, or the GitHub login of the operator. */
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** JSON text; null where there was nothing before. */
    before: text("before"),
    after: text("after"),
    requestId: text("request_id").notNull(),
  },
  (row) => [index("admin_events_pool_at").on(row.poolId, row.at)],
);
