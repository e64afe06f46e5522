import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * One row per validated request: never query values, bodies or tokens. An integer key and one index (pool_id, at): a
 * random key and a second index would double its cost. Kept 30 days; the sweep goes pool by pool through that index.
 */
export const auditEvents = sqliteTable(
  "audit_events",
  {
    id: integer("id").primaryKey(),
    poolId: text("pool_id").notNull(),
    at: integer("at").notNull(),
    requestId: text("request_id").notNull(),
    callerId: text("caller_id").notNull(),
    clientName: text("client_name").notNull(),
    routeKind: text("route_kind").notNull(),
    /** Owner and repository only; everything else of the path stands as its parameter's name. */
    routeKey: text("route_key").notNull(),
    identityId: text("identity_id").notNull(),
    /** GitHub's status, or that of the relay's refusal. */
    status: integer("status").notNull(),
    errorCode: text("error_code").notNull(),
    fallbackReason: text("fallback_reason").notNull(),
    cache: text("cache").notNull(),
    missReason: text("miss_reason").notNull(),
    backend: text("backend").notNull(),
    quotaUnits: integer("quota_units").notNull(),
    upstreamCalls: integer("upstream_calls").notNull(),
    coalesced: integer("coalesced").notNull(),
    revalidated: integer("revalidated").notNull(),
    cacheable: integer("cacheable").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** JSON text of what no list filters by: staleReason, trail. */
    detail: text("detail").notNull(),
  },
  (row) => [index("audit_events_pool_at").on(row.poolId, row.at)],
);

/**
 * One row per flush, in the same batch as its audit rows and rollups: a repeated batch fails here as a whole, so
 * nothing counts twice; a gap in an isolate's sequence shows a lost flush. Read by (isolate_id, sequence). Kept 30
 * days (audit_batches_at).
 */
export const auditBatches = sqliteTable(
  "audit_batches",
  {
    /** Isolate id, a colon, sequence. */
    batchId: text("batch_id").primaryKey(),
    isolateId: text("isolate_id").notNull(),
    sequence: integer("sequence").notNull(),
    rows: integer("rows").notNull(),
    /** Rows this isolate had to drop since the batch before. */
    lost: integer("lost").notNull(),
    at: integer("at").notNull(),
  },
  (row) => [index("audit_batches_at").on(row.at)],
);
