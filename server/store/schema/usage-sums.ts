import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { latencies } from "./usage.ts";

/**
 * Running sums of the rollups, for the dashboard: what a day (midnight UTC) or a week amounts to until `until`, the end
 * of an hour, or, of a week, of a day. The sums between two moments are the difference of two sets of rows, however far
 * apart they are. Written by the hourly sweep once an hour is settled; see server/store/running-sums.ts, which also says
 * how long each is kept. Read by primary key prefix (pool, until, span); swept pool by pool. WITHOUT ROWID, written by
 * hand into its migration.
 */
const ends = () => ({
  poolId: text("pool_id").notNull(),
  /** Epoch ms. */
  until: integer("until").notNull(),
  span: text("span", { enum: ["day", "week"] }).notNull(),
});

const sums = () => ({
  requests: integer("requests").notNull(),
  quotaUnits: integer("quota_units").notNull(),
  /** Hits and stale answers. */
  fromCache: integer("from_cache").notNull(),
  eligible: integer("eligible").notNull(),
  saved: integer("saved").notNull(),
  errors: integer("errors").notNull(),
  fallbacks: integer("fallbacks").notNull(),
  durationMs: integer("duration_ms").notNull(),
  lastSeen: integer("last_seen").notNull(),
});

/** By how requests of a kind were answered, and how fast. */
export const usageKinds = sqliteTable(
  "usage_kinds",
  {
    ...ends(),
    routeKind: text("route_kind").notNull(),
    cache: text("cache").notNull(),
    missReason: text("miss_reason").notNull(),
    outcome: text("outcome").notNull(),
    ...sums(),
    revalidated: integer("revalidated").notNull(),
    ...latencies(),
  },
  (row) => [
    primaryKey({
      columns: [row.poolId, row.until, row.span, row.routeKind, row.cache, row.missReason, row.outcome],
    }),
  ],
);

/** By who asked for what. */
export const usageCallers = sqliteTable(
  "usage_callers",
  {
    ...ends(),
    callerId: text("caller_id").notNull(),
    clientName: text("client_name").notNull(),
    routeKind: text("route_kind").notNull(),
    ...sums(),
  },
  (row) => [primaryKey({ columns: [row.poolId, row.until, row.span, row.callerId, row.clientName, row.routeKind] })],
);

/** By normalized route key. */
export const usagePatterns = sqliteTable(
  "usage_patterns",
  {
    ...ends(),
    routeKind: text("route_kind").notNull(),
    routeKey: text("route_key").notNull(),
    outcome: text("outcome").notNull(),
    ...sums(),
  },
  (row) => [primaryKey({ columns: [row.poolId, row.until, row.span, row.routeKind, row.routeKey, row.outcome] })],
);
