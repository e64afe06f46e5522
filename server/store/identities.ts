/** Identities and what they may serve. */
import { and, eq, gt, ne, sql } from "drizzle-orm";
import type { Identity } from "../relay/stages.ts";
import { type Act, adminEventIfQuery, adminEventQuery } from "./admin-events.ts";
import { changed, type Db, statement } from "./db.ts";
import { groupBy } from "./group-by.ts";
import { createPoolQueries } from "./create-pool.ts";
import { identities, identityScopes } from "./schema/index.ts";

type IdentityRow = typeof identities.$inferSelect;
type ScopeRow = typeof identityScopes.$inferSelect;

/** A pool's identities (identities_pool), in the order of their ids; for use in a batch. */
export function identitiesQuery(db: Db, poolId: string) {
  return db.select().from(identities).where(eq(identities.poolId, poolId)).orderBy(identities.id);
}

/** All scopes of a pool's identities (identities_pool, then primary key prefix); for use in a batch. */
export function scopesOfPoolQuery(db: Db, poolId: string) {
  return db
    .select()
    .from(identityScopes)
    .where(
      sql`${identityScopes.identityId} IN (SELECT ${identities.id} FROM ${identities} WHERE ${identities.poolId} = ${poolId})`,
    );
}

export function toIdentities(rows: readonly IdentityRow[], scopes: readonly ScopeRow[]): readonly Identity[] {
  const scopesOf = groupBy(scopes, (scope) => scope.identityId);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    login: row.login,
    secretRef: row.secretRef,
    installationId: row.installationId ?? undefined,
    weight: row.weight,
    publicOnly: row.publicOnly,
    status: row.status,
    scopes: (scopesOf.get(row.id) ?? []).map((scope) => ({
      owner: scope.owner,
      repo: scope.repo === "" ? undefined : scope.repo,
      allowPrivate: scope.allowPrivate,
    })),
  }));
}

/** A pool's identities with their scopes, in one batch of two reads. */
export async function listIdentities(db: Db, poolId: string): Promise<readonly Identity[]> {
  const [rows, scopes] = await db.batch([identitiesQuery(db, poolId), scopesOfPoolQuery(db, poolId)]);
  return toIdentities(rows, scopes);
}

/** A page of a pool's identities, by id (identities_pool, then primary key prefix). */
export async function listIdentitiesAfter(
  db: Db,
  ask: { readonly poolId: string; readonly after: string; readonly limit: number },
): Promise<readonly Identity[]> {
  const rows = await db
    .select()
    .from(identities)
    .where(and(eq(identities.poolId, ask.poolId), gt(identities.id, ask.after)))
    .orderBy(identities.id)
    .limit(ask.limit);
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const scopes = await db
    .select()
    .from(identityScopes)
    .where(sql`${identityScopes.identityId} IN (SELECT value FROM json_each(${ids}))`);
  return toIdentities(rows, scopes);
}

/** One identity and its pool (primary keys), whatever pool that is. */
export async function findIdentity(db: Db, id: string): Promise<(Identity & { readonly poolId: string }) | undefined> {
  const [rows, scopes] = await db.batch([
    db.select().from(identities).where(eq(identities.id, id)),
    db.select().from(identityScopes).where(eq(identityScopes.identityId, id)),
  ]);
  const row = rows[0];
  const [identity] = toIdentities(rows, scopes);
  return row === undefined || identity === undefined ? undefined : { ...identity, poolId: row.poolId };
}

/** Whether another pool's identity names this secret (identities_secret). */
export async function secretUsedElsewhere(db: Db, secretRef: string, poolId: string): Promise<boolean> {
  const rows = await db
    .select({ id: identities.id })
    .from(identities)
    .where(and(eq(identities.secretRef, secretRef), ne(identities.poolId, poolId)))
    .limit(1);
  return rows.length > 0;
}

/** What an operator says of an identity; `publicOnly` and `weight` keep their value where they say nothing. */
export interface IdentityPut {
  readonly id: string;
  readonly poolId: string;
  readonly kind: "pat" | "github_app";
  readonly login: string;
  readonly secretRef: string;
  readonly installationId: number | undefined;
  readonly weight: number | undefined;
  readonly publicOnly: boolean | undefined;
  readonly scopes: Identity["scopes"];
}

export type IdentityPutOutcome =
  | { readonly kind: "saved"; readonly weight: number; readonly publicOnly: boolean }
  | { readonly kind: "conflict" };

/**
 * Creates or updates an identity and replaces its scopes, with its pool and the admin event, in one batch. An
 * identity of another pool or kind is a conflict and nothing is written: not even the pool, should it be new.
 */
export async function putIdentity(
  db: Db,
  put: IdentityPut,
  newPoolPolicy: unknown,
  act: Act,
): Promise<IdentityPutOutcome> {
  const before = await findIdentity(db, put.id);
  if (before !== undefined && (before.poolId !== put.poolId || before.kind !== put.kind)) return { kind: "conflict" };
  const weight = put.weight ?? before?.weight ?? 100;
  const publicOnly = put.publicOnly ?? before?.publicOnly ?? false;
  const { scopes, ...values } = { ...put, weight, publicOnly };
  // Another request may create the same id between the read and this batch: every statement asks again.
  const own = sql`EXISTS (SELECT 1 FROM ${identities} WHERE ${identities.id} = ${put.id} AND ${identities.poolId} = ${put.poolId} AND ${identities.kind} = ${put.kind})`;
  const event = {
    poolId: put.poolId,
    action: "identity.put",
    subject: put.id,
    before,
    after: { ...values, scopes, status: before?.status ?? "active" },
  };
  const [, , saved] = await db.batch([
    ...createPoolQueries(db, put.poolId, newPoolPolicy, act),
    db
      .insert(identities)
      .values({
        ...values,
        installationId: put.installationId ?? null,
        status: "active",
        createdAt: act.at,
        updatedAt: act.at,
      })
      .onConflictDoUpdate({
        target: identities.id,
        set: {
          login: put.login,
          secretRef: put.secretRef,
          installationId: put.installationId ?? null,
          weight,
          publicOnly,
          updatedAt: act.at,
        },
        setWhere: sql`${identities.poolId} = excluded.pool_id AND ${identities.kind} = excluded.kind`,
      }),
    db.delete(identityScopes).where(and(eq(identityScopes.identityId, put.id), own)),
    statement(
      db,
      sql`
      INSERT INTO ${identityScopes} (identity_id, owner, repo, allow_private)
      SELECT ${put.id}, value ->> 'owner', coalesce(value ->> 'repo', ''), value ->> 'allowPrivate'
      FROM json_each(${JSON.stringify(mergedScopes(scopes))}) WHERE ${own}
      ON CONFLICT DO NOTHING`,
    ),
    adminEventIfQuery(db, act, event, own),
  ]);
  return changed(saved) > 0 ? { kind: "saved", weight, publicOnly } : { kind: "conflict" };
}

/** One scope per owner and repository; of two that differ, private access stands only where both say so. */
function mergedScopes(scopes: Identity["scopes"]): Identity["scopes"] {
  const merged = new Map<string, Identity["scopes"][number]>();
  for (const scope of scopes) {
    const key = `${scope.owner}/${scope.repo ?? ""}`;
    const other = merged.get(key);
    merged.set(key, { ...scope, allowPrivate: scope.allowPrivate && (other?.allowPrivate ?? true) });
  }
  return [...merged.values()];
}

/** Takes an identity out of selection, or puts it back (primary key). False: the pool has none of that id. */
export async function setIdentityStatus(
  db: Db,
  ask: { readonly poolId: string; readonly id: string; readonly status: "active" | "paused" },
  act: Act,
): Promise<boolean> {
  const own = and(eq(identities.id, ask.id), eq(identities.poolId, ask.poolId));
  const [was] = await db.select({ status: identities.status }).from(identities).where(own);
  if (was === undefined) return false;
  const action = ask.status === "active" ? "identity.resume" : "identity.pause";
  const event = { poolId: ask.poolId, action, subject: ask.id, before: was, after: { status: ask.status } };
  const [, updated] = await db.batch([
    adminEventIfQuery(db, act, event, sql`EXISTS (SELECT 1 FROM ${identities} WHERE ${own})`),
    db.update(identities).set({ status: ask.status, updatedAt: act.at }).where(own),
  ]);
  return changed(updated) > 0;
}

/** Deletes an identity and its scopes (primary keys). False: the pool has none of that id. */
export async function deleteIdentity(db: Db, poolId: string, id: string, act: Act): Promise<boolean> {
  const before = await findIdentity(db, id);
  if (before?.poolId !== poolId) return false;
  const own = and(eq(identities.id, id), eq(identities.poolId, poolId));
  await db.batch([
    adminEventQuery(db, act, { poolId, action: "identity.delete", subject: id, before, after: undefined }),
    db.delete(identityScopes).where(eq(identityScopes.identityId, id)),
    db.delete(identities).where(own),
  ]);
  return true;
}
