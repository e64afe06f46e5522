import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * GitHub's answers, cleaned: the truth that all isolates share. Read by primary key; by (pool_id, scope) for a purge
 * of a repository; github_cache_entries_kind covers the counts that stats and the dashboard show, so that they read
 * no body. Kept to stale_until, then swept with their keys and R2 bodies through github_cache_entries_stale.
 */
export const githubCacheEntries = sqliteTable(
  "github_cache_entries",
  {
    cacheKey: text("cache_key").primaryKey(),
    poolId: text("pool_id").notNull(),
    routeKind: text("route_kind").notNull(),
    /** `owner/repo`, lower-cased, or the first surrogate key of an answer that belongs to no repository. */
    scope: text("scope").notNull(),
    path: text("path").notNull(),
    query: text("query").notNull(),
    status: integer("status").notNull(),
    /** JSON text of the allowed headers. */
    headers: text("headers").notNull(),
    /** How the body travels in an envelope. */
    encoding: text("encoding", { enum: ["json", "text", "base64"] }).notNull(),
    bodyBytes: integer("body_bytes").notNull(),
    storedBytes: integer("stored_bytes").notNull(),
    /** Where the body lies when it is over the row's budget. */
    r2Key: text("r2_key"),
    contentHash: text("content_hash").notNull(),
    identityId: text("identity_id"),
    identityKind: text("identity_kind", { enum: ["pat", "github_app"] }),
    backend: text("backend", { enum: ["web", "github_public", "identity"] }).notNull(),
    fetchedAt: integer("fetched_at").notNull(),
    freshUntil: integer("fresh_until").notNull(),
    staleUntil: integer("stale_until").notNull(),
    swrUntil: integer("swr_until").notNull(),
    /** JSON text: surrogate key to generation, as read before the fetch. */
    generations: text("generations").notNull(),
    fence: integer("fence").notNull(),
    /**
     * gzip as base64 text: D1 carries BLOBs as arrays of numbers, ten times slower. SQLite walks a long value's overflow
     * pages to reach what stands behind it: behind it stands only what is read with it. Null when it lies in R2 or at
     * the edge only.
     */
    body: text("body"),
    /** Something was taken out of the answer (`relay.filtered`). */
    filtered: integer("filtered", { mode: "boolean" }).notNull().default(false),
  },
  (row) => [
    index("github_cache_entries_stale").on(row.staleUntil),
    index("github_cache_entries_scope").on(row.poolId, row.scope),
    index("github_cache_entries_kind").on(row.poolId, row.routeKind, row.freshUntil, row.bodyBytes),
    index("github_cache_entries_r2").on(row.r2Key),
  ],
);

/**
 * Which entries a surrogate key names: counts and purges. Read by primary key prefix; swept with its entry through
 * cache_entry_keys_entry. WITHOUT ROWID, by hand in its migration.
 */
export const cacheEntryKeys = sqliteTable(
  "cache_entry_keys",
  {
    surrogateKey: text("surrogate_key").notNull(),
    cacheKey: text("cache_key").notNull(),
    poolId: text("pool_id").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.surrogateKey, row.cacheKey] }),
    index("cache_entry_keys_entry").on(row.cacheKey),
  ],
);

/**
 * How often a surrogate key was purged; an absent row is generation 0. Every bump of a key of a scope also bumps
 * `epoch:<scope>`, so that an isolate checks one row per repository. Read by primary key. A row is swept
 * (cache_generations_bumped) only after the longest stale end: before that its absence would revive purged entries. WITHOUT ROWID.
 */
export const cacheGenerations = sqliteTable(
  "cache_generations",
  {
    poolId: text("pool_id").notNull(),
    surrogateKey: text("surrogate_key").notNull(),
    generation: integer("generation").notNull(),
    bumpedAt: integer("bumped_at").notNull(),
    scope: text("scope").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.poolId, row.surrogateKey] }),
    index("cache_generations_bumped").on(row.bumpedAt),
  ],
);
