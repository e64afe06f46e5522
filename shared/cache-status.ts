/**
 * How an answer was made. The first four travel as `relay.cache` (2-wire); RFC 9211 names the header's words.
 */
export const CACHE_STATUSES = ["hit", "stale", "miss", "bypass"] as const;
export type CacheStatus = (typeof CACHE_STATUSES)[number];

/** Why an answer was not a hit. Kept in the audit row. */
export const MISS_REASONS = ["absent", "expired", "caller_bound", "purged", "vary", "bypass"] as const;
export type MissReason = (typeof MISS_REASONS)[number];

/** Why a stale copy was served. Travels as `relay.stale_reason`. */
export const STALE_REASONS = [
  "revalidating",
  "github_unavailable",
  "github_rate_limited",
  "identity_pool_depleted",
  "identities_cooling_down",
  "no_identity",
] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

/** Where the bytes came from. `web` and `github_public` are the envelope's words; stats say `github_*`. */
export type Backend = "web" | "github_public" | "identity";
export const STATS_BACKENDS = { web: "github_web", github_public: "github_api", identity: "github_identity" } as const;
