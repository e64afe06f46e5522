import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * A credential that serves: a PAT or a GitHub App installation. `secret_ref` names a Worker secret; the secret itself
 * never reaches D1. Read by pool (identities_pool) and by secret_ref, to see which pools share one. Kept.
 */
export const identities = sqliteTable(
  "identities",
  {
    id: text("id").primaryKey(),
    poolId: text("pool_id").notNull(),
    kind: text("kind", { enum: ["pat", "github_app"] }).notNull(),
    login: text("login").notNull(),
    secretRef: text("secret_ref").notNull(),
    installationId: integer("installation_id"),
    weight: integer("weight").notNull(),
    /** The operator's word that this credential can see nothing private. */
    publicOnly: integer("public_only", { mode: "boolean" }).notNull(),
    status: text("status", { enum: ["active", "paused"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (row) => [index("identities_pool").on(row.poolId), index("identities_secret").on(row.secretRef)],
);

/** What an identity may serve; lower-cased. Read by primary key prefix. Goes with its identity. */
export const identityScopes = sqliteTable(
  "identity_scopes",
  {
    identityId: text("identity_id").notNull(),
    /** `*`: any repository proven public. */
    owner: text("owner").notNull(),
    /** Empty: every repository of the owner. */
    repo: text("repo").notNull(),
    allowPrivate: integer("allow_private", { mode: "boolean" }).notNull(),
  },
  (row) => [primaryKey({ columns: [row.identityId, row.owner, row.repo] })],
);
