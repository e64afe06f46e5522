import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * A person who asks, bound to the immutable GitHub user id: logins are renamed and taken over by others. Read by
 * primary key and by lower-cased login (callers_login). Kept: an audit row refers to it, and disabling must last.
 */
export const callers = sqliteTable(
  "callers",
  {
    /** `gh_` and the GitHub user id. */
    id: text("id").primaryKey(),
    githubUserId: integer("github_user_id").notNull(),
    /** As GitHub writes it. */
    githubLogin: text("github_login").notNull(),
    loginKey: text("login_key").notNull(),
    name: text("name").notNull(),
    /** Lower-cased: the organization whose membership was last shown. */
    orgLogin: text("org_login").notNull(),
    dashboardRole: text("dashboard_role", { enum: ["none", "admin"] }).notNull(),
    membershipVerifiedAt: integer("membership_verified_at").notNull(),
    /** Set when GitHub last said that this user is no member; null again once it says otherwise. */
    membershipDeniedAt: integer("membership_denied_at"),
    disabledAt: integer("disabled_at"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (row) => [uniqueIndex("callers_github_user").on(row.githubUserId), index("callers_login").on(row.loginKey)],
);

/**
 * Which pools a caller may use. Read by primary key and by pool (caller_pools_pool). Kept: a revoked grant stays as
 * a row, so that the caller's next login does not quietly grant it again.
 */
export const callerPools = sqliteTable(
  "caller_pools",
  {
    callerId: text("caller_id").notNull(),
    poolId: text("pool_id").notNull(),
    grantedAt: integer("granted_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (row) => [primaryKey({ columns: [row.callerId, row.poolId] }), index("caller_pools_pool").on(row.poolId)],
);

/**
 * One token per caller and client name; only its SHA-256 (base64url) is stored. Read by primary key, and by caller
 * (caller_tokens_client, which also allows one live token per client only). Revoked ones are swept after 30 days
 * through caller_tokens_revoked.
 */
export const callerTokens = sqliteTable(
  "caller_tokens",
  {
    tokenHash: text("token_hash").primaryKey(),
    callerId: text("caller_id").notNull(),
    clientName: text("client_name").notNull(),
    createdAt: integer("created_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (row) => [
    uniqueIndex("caller_tokens_client")
      .on(row.callerId, row.clientName)
      .where(sql`revoked_at IS NULL`),
    index("caller_tokens_revoked")
      .on(row.revokedAt)
      .where(sql`revoked_at IS NOT NULL`),
  ],
);

/**
 * Browser sessions of operators; only the SHA-256 of the cookie's value is stored. Read by primary key. Swept at
 * their end (web_sessions_end); a caller's sessions are ended through web_sessions_caller.
 */
export const webSessions = sqliteTable(
  "web_sessions",
  {
    sessionHash: text("session_hash").primaryKey(),
    callerId: text("caller_id").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (row) => [index("web_sessions_end").on(row.expiresAt), index("web_sessions_caller").on(row.callerId)],
);
