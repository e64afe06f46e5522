import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Which events of which repository reach us, so that its answers may stay fresh until an event ends them. Read by
 * primary key prefix. Kept; a loss of coverage is marked, not deleted, because operators must see it.
 */
export const repoCoverage = sqliteTable(
  "repo_coverage",
  {
    owner: text("owner").notNull(),
    /** `*`: every repository of the owner (an organization's or an App's webhook). */
    repo: text("repo").notNull(),
    event: text("event").notNull(),
    source: text("source", { enum: ["repository", "organization", "app"] }).notNull(),
    coveredSince: integer("covered_since").notNull(),
    endedAt: integer("ended_at"),
    endedReason: text("ended_reason"),
  },
  (row) => [primaryKey({ columns: [row.owner, row.repo, row.event] })],
);

/** Deliveries already seen, for doubles and for the dashboard. Read by primary key; kept 1 day (webhook_deliveries_received). */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    deliveryId: text("delivery_id").primaryKey(),
    event: text("event").notNull(),
    action: text("action").notNull(),
    /** `owner/repo`, lower-cased; empty where the event has none. */
    repository: text("repository").notNull(),
    /** How many surrogate keys it bumped. */
    bumped: integer("bumped").notNull(),
    receivedAt: integer("received_at").notNull(),
    /** Milliseconds from its first byte here until D1 had all that it changes; null: that was not noted. */
    visibleMs: integer("visible_ms"),
    /** The same from the change itself, by GitHub's clock in whole seconds; null where the payload has no time. */
    sinceChangeMs: integer("since_change_ms"),
  },
  (row) => [index("webhook_deliveries_received").on(row.receivedAt)],
);

/** What each hourly sweep did and how much it left. Integer key, read newest first. Kept 30 days (housekeeping_runs_started). */
export const housekeepingRuns = sqliteTable(
  "housekeeping_runs",
  {
    id: integer("id").primaryKey(),
    startedAt: integer("started_at").notNull(),
    finishedAt: integer("finished_at").notNull(),
    /** JSON text: what was deleted, by task. */
    report: text("report").notNull(),
    /** Rows that were due and are still there. */
    remaining: integer("remaining").notNull(),
    /** Tasks that failed. */
    failed: integer("failed").notNull(),
  },
  (row) => [index("housekeeping_runs_started").on(row.startedAt)],
);
