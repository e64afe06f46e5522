import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Visibility proofs, not per pool: whether a repository is public does not depend on who asks us. Owner and repo are
 * lower-cased. Read by primary key, and by repository id for /repositories/{id}. Swept a day after their end, until
 * when the etag makes a renewal free (github_public_repos_end).
 */
export const githubPublicRepos = sqliteTable(
  "github_public_repos",
  {
    owner: text("owner").notNull(),
    repo: text("repo").notNull(),
    public: integer("public", { mode: "boolean" }).notNull(),
    repositoryId: integer("repository_id"),
    /** As GitHub writes it. */
    fullName: text("full_name"),
    etag: text("etag"),
    /** `org_token`, `anonymous`, or an identity's id: an etag renews only for the credential that asked. */
    askedBy: text("asked_by").notNull(),
    checkedAt: integer("checked_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.owner, row.repo] }),
    index("github_public_repos_id").on(row.repositoryId),
    index("github_public_repos_end").on(row.expiresAt),
  ],
);

/**
 * The standing of the anonymous budget, which belongs to the egress address: by data centre and resource. A token-free
 * source that rests stands here under its own name, with nothing left until then. Read by primary key. Swept a day after its reset (github_public_api_rates_reset).
 */
export const githubPublicApiRates = sqliteTable(
  "github_public_api_rates",
  {
    colo: text("colo").notNull(),
    resource: text("resource").notNull(),
    limit: integer("limit_").notNull(),
    remaining: integer("remaining").notNull(),
    resetAt: integer("reset_at").notNull(),
    readAt: integer("read_at").notNull(),
  },
  (row) => [primaryKey({ columns: [row.colo, row.resource] }), index("github_public_api_rates_reset").on(row.resetAt)],
);
