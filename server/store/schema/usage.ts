import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Buckets of server/store/latency.ts: how many requests took so long. */
export const latencies = () => ({
  latency0: integer("latency_0").notNull(),
  latency1: integer("latency_1").notNull(),
  latency2: integer("latency_2").notNull(),
  latency3: integer("latency_3").notNull(),
  latency4: integer("latency_4").notNull(),
  latency5: integer("latency_5").notNull(),
  latency6: integer("latency_6").notNull(),
  latency7: integer("latency_7").notNull(),
  latency8: integer("latency_8").notNull(),
  latency9: integer("latency_9").notNull(),
});

/** What every rollup counts. Times in ms. */
const counts = () => ({
  requests: integer("requests").notNull(),
  quotaUnits: integer("quota_units").notNull(),
  coalesced: integer("coalesced").notNull(),
  revalidated: integer("revalidated").notNull(),
  cacheable: integer("cacheable").notNull(),
  /** Hits, stale answers and misses: what a cache could have answered. */
  eligible: integer("eligible").notNull(),
  errors: integer("errors").notNull(),
  serviceErrors: integer("service_errors").notNull(),
  fallbacks: integer("fallbacks").notNull(),
  /** Answered without an upstream call that costs quota. */
  saved: integer("saved").notNull(),
  /** Requests that made at least one upstream call of their own. */
  backendRequests: integer("backend_requests").notNull(),
  lastSeen: integer("last_seen").notNull(),
  durationMs: integer("duration_ms").notNull(),
  ...latencies(),
});

/** What usage_hourly and usage_daily are split by; an absent value is empty text. */
const dimensions = () => ({
  callerId: text("caller_id").notNull(),
  clientName: text("client_name").notNull(),
  routeKind: text("route_kind").notNull(),
  cache: text("cache").notNull(),
  backend: text("backend").notNull(),
  identityId: text("identity_id").notNull(),
  /** `ok`, `fallback:<reason>` or `error:<code>`. */
  outcome: text("outcome").notNull(),
});

/**
 * Usage by hour (its start, epoch ms), added to in the batch that writes the audit rows. Read by primary key prefix
 * (pool, hour). Kept 400 days; the sweep goes pool by pool. WITHOUT ROWID, written by hand into its migration: a day's
 * rows are then read in one run of pages.
 */
export const usageHourly = sqliteTable(
  "usage_hourly",
  { poolId: text("pool_id").notNull(), hour: integer("hour").notNull(), ...dimensions(), ...counts() },
  (row) => [
    primaryKey({
      columns: [
        row.poolId,
        row.hour,
        row.callerId,
        row.clientName,
        row.routeKind,
        row.cache,
        row.backend,
        row.identityId,
        row.outcome,
      ],
    }),
  ],
);

/**
 * Usage by hour, normalized route key and miss reason: what is asked, and why it missed. Read by primary key prefix
 * (pool, hour). Kept 400 days; swept pool by pool. WITHOUT ROWID.
 */
export const usageRoutesHourly = sqliteTable(
  "usage_routes_hourly",
  {
    poolId: text("pool_id").notNull(),
    hour: integer("hour").notNull(),
    routeKind: text("route_kind").notNull(),
    routeKey: text("route_key").notNull(),
    cache: text("cache").notNull(),
    missReason: text("miss_reason").notNull(),
    outcome: text("outcome").notNull(),
    ...counts(),
  },
  (row) => [
    primaryKey({
      columns: [row.poolId, row.hour, row.routeKind, row.routeKey, row.cache, row.missReason, row.outcome],
    }),
  ],
);

/**
 * usage_hourly summed up by day (midnight UTC, epoch ms) once the day is over: windows of weeks read this. Written by
 * the hourly sweep, see server/store/daily.ts. Read by primary key prefix (pool, day). Kept 400 days; swept pool by
 * pool. WITHOUT ROWID.
 */
export const usageDaily = sqliteTable(
  "usage_daily",
  { poolId: text("pool_id").notNull(), day: integer("day").notNull(), ...dimensions(), ...counts() },
  (row) => [
    primaryKey({
      columns: [
        row.poolId,
        row.day,
        row.callerId,
        row.clientName,
        row.routeKind,
        row.cache,
        row.backend,
        row.identityId,
        row.outcome,
      ],
    }),
  ],
);
