/**
 * What a pool's coordinator keeps across restarts: one SQLite database per object. Reservations, route leases and fill
 * leases are promises that end within a minute, so they live in memory only.
 */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Cooldown } from "./protocol.ts";

/** One row. The epoch grows by one at every start of the object and fences what an earlier life handed out. */
export const starts = sqliteTable("starts", {
  id: integer("id").primaryKey(),
  epoch: integer("epoch").notNull(),
});

/** The last reading of each rate bucket. Retention: dropped at a start 30 days after it was read. */
export const rates = sqliteTable(
  "rates",
  {
    identityId: text("identity_id").notNull(),
    resource: text("resource").notNull(),
    limit: integer("limit").notNull(),
    remaining: integer("remaining").notNull(),
    used: integer("used").notNull(),
    resetAt: integer("reset_at").notNull(),
    readAt: integer("read_at").notNull(),
    burnPerSecond: real("burn_per_second").notNull(),
  },
  (row) => [primaryKey({ columns: [row.identityId, row.resource] })],
);

/** Why an identity rests, on what, until when. Retention: dropped at the identity's next change after `until`. */
export const cooldowns = sqliteTable(
  "cooldowns",
  {
    identityId: text("identity_id").notNull(),
    scope: text("scope").$type<Cooldown["scope"]>().notNull(),
    /** The identity, resource or route key that rests. */
    target: text("target").notNull(),
    cause: text("cause").$type<Cooldown["cause"]>().notNull(),
    until: integer("until").notNull(),
  },
  (row) => [primaryKey({ columns: [row.identityId, row.scope, row.target, row.cause] })],
);

/** Error counters: how often a doubling cooldown came in a row. Retention: one row per identity, dropped after 30 days. */
export const setbacks = sqliteTable("setbacks", {
  identityId: text("identity_id").primaryKey(),
  unauthorizedStreak: integer("unauthorized_streak").notNull(),
  secondaryStreak: integer("secondary_streak").notNull(),
  lastErrorCause: text("last_error_cause"),
  lastErrorAt: integer("last_error_at"),
});
