/** Webhook deliveries, and which repositories' events reach us. Owners and repositories are lower-cased. */
import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { scopeOfKey } from "../../shared/surrogate-keys.ts";
import { compiled, resultOf } from "./compiled.ts";
import { allSql, changed, type Db, statement } from "./db.ts";
import { epochKey } from "./generations.ts";
import { cacheGenerations, githubPublicRepos, pools, repoCoverage, webhookDeliveries } from "./schema/index.ts";

export type Delivery = Readonly<Omit<typeof webhookDeliveries.$inferSelect, "visibleMs" | "sinceChangeMs">>;

type Query = BatchItem<"sqlite">;

/** A condition that a statement of a batch may depend on; always true where nothing is said. */
const ALWAYS = sql`true`;

export interface Delay {
  readonly visibleMs: number;
  readonly sinceChangeMs: number | null;
}

/** How long a delivery that was taken took (primary key): known only once it is in force. */
export async function noteDelay(db: Db, deliveryId: string, delay: Delay): Promise<void> {
  await db.update(webhookDeliveries).set(delay).where(eq(webhookDeliveries.deliveryId, deliveryId));
}

/** Notes a delivery (primary key). False: it was seen before. */
export async function recordDelivery(db: Db, delivery: Delivery): Promise<boolean> {
  const result = await db.insert(webhookDeliveries).values(delivery).onConflictDoNothing();
  return changed(result) > 0;
}

/** Which of these deliveries were taken (primary key). They are forgotten after a day. */
export async function findTaken(db: Db, deliveryIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await allSql<{ id: string }>(
    db,
    sql`SELECT delivery_id AS id FROM ${webhookDeliveries}
      WHERE delivery_id IN (SELECT value FROM json_each(${JSON.stringify(deliveryIds)}))`,
  );
  return new Set(rows.map((row) => row.id));
}

export interface DeliveryEffects {
  /** Epoch ms at which it all takes effect. */
  readonly at: number;
  readonly keys: readonly string[];
  /** `owner/repo`. */
  readonly endedProofs: readonly string[];
  readonly coverage: readonly CoverageChange[];
}

/**
 * Takes a delivery in one batch: bumps in every pool, endings of proofs, coverage, and the delivery itself last, on
 * which all others depend. So a delivery that was seen before changes nothing, and one whose batch fails nothing
 * either. Answers the pools there are, for the isolate's memos.
 */
export async function takeDelivery(
  db: Db,
  delivery: Delivery,
  effects: DeliveryEffects,
): Promise<{ readonly isNew: boolean; readonly poolIds: readonly string[] }> {
  const now = effects.at;
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${webhookDeliveries} WHERE delivery_id = ${delivery.deliveryId})`;
  const effectQueries: readonly Query[] = [
    ...(effects.keys.length === 0 ? [] : [bumpEverywhereQuery(db, effects.keys, now, isNew)]),
    ...effects.endedProofs.map((name) => endProofQuery(db, name, now, isNew)),
    ...effects.coverage.flatMap((change) => coverageQueries(db, change, now, isNew)),
  ];
  const [poolRows, ...results] = await db.batch([
    db.select({ id: pools.id }).from(pools).limit(1000),
    ...effectQueries,
    db.insert(webhookDeliveries).values(delivery).onConflictDoNothing(),
  ]);
  return { isNew: changed(results.at(-1)) > 0, poolIds: poolRows.map((row) => row.id) };
}

/** Keys of any scopes, with their epochs, in every pool (primary key). Reads the whole table of pools, of which there are few. */
function bumpEverywhereQuery(db: Db, keys: readonly string[], now: number, onlyIf: SQL): Query {
  const bumps = [...Map.groupBy(keys, scopeOfKey)].flatMap(([scope, of]) =>
    [...new Set([...of, epochKey(scope)])].map((key) => ({ key, scope })),
  );
  return statement(
    db,
    sql`
    INSERT INTO ${cacheGenerations} (pool_id, surrogate_key, generation, bumped_at, scope)
    SELECT pools.id, bumps.value ->> 'key', ${now}, ${now}, bumps.value ->> 'scope'
    FROM json_each(${JSON.stringify(bumps)}) AS bumps CROSS JOIN pools WHERE ${onlyIf}
    ON CONFLICT (pool_id, surrogate_key) DO UPDATE SET
      generation = max(generation + 1, excluded.generation), bumped_at = excluded.bumped_at, scope = excluded.scope`,
  );
}

/** As endProof in visibility.ts (primary key). */
function endProofQuery(db: Db, name: string, now: number, onlyIf: SQL): Query {
  const [owner = "", repo = ""] = name.split("/");
  return db
    .update(githubPublicRepos)
    .set({ expiresAt: sql`min(${githubPublicRepos.expiresAt}, ${now})`, checkedAt: now, etag: null })
    .where(and(eq(githubPublicRepos.owner, owner), eq(githubPublicRepos.repo, repo), onlyIf));
}

type Source = "repository" | "organization" | "app";

export interface Coverage {
  readonly owner: string;
  /** `*`: every repository of the owner. */
  readonly repo: string;
  readonly source: Source;
  readonly events: readonly string[];
}

export type CoverageChange =
  | {
      readonly kind: "starts";
      readonly owner: string;
      /** `*`: every repository of the owner. */
      readonly repos: readonly string[];
      readonly source: Source;
      readonly events: readonly string[];
    }
  | {
      readonly kind: "ends";
      readonly owner: string;
      /** Absent: all of the owner. */
      readonly repos?: readonly string[];
      readonly source?: Source;
      readonly event?: string;
      readonly reason: string;
    };

/** Replaces what a webhook covers (primary key): events it no longer sends end with `no_longer_sent`. One batch. */
export async function saveCoverage(db: Db, coverage: Coverage, now: number): Promise<void> {
  await changeCoverage(db, [{ ...coverage, kind: "starts", repos: [coverage.repo] }], now);
}

/** All of these changes in one batch (primary key prefix); none where one fails. */
export async function changeCoverage(db: Db, changes: readonly CoverageChange[], now: number): Promise<void> {
  const [first, ...rest] = changes.flatMap((change) => coverageQueries(db, change, now));
  if (first !== undefined) await db.batch([first, ...rest]);
}

function coverageQueries(db: Db, change: CoverageChange, now: number, onlyIf = ALWAYS): readonly Query[] {
  const { owner, repos } = change;
  const ofRepos = repos === undefined ? undefined : inJson(repoCoverage.repo, repos);
  const ended = (reason: string, ...conditions: readonly (SQL | undefined)[]) =>
    db
      .update(repoCoverage)
      .set({ endedAt: now, endedReason: reason })
      .where(and(eq(repoCoverage.owner, owner), ofRepos, isNull(repoCoverage.endedAt), ...conditions, onlyIf));
  if (change.kind === "ends") {
    const { source, event } = change;
    const ofSource = source === undefined ? undefined : eq(repoCoverage.source, source);
    return [ended(change.reason, ofSource, event === undefined ? undefined : eq(repoCoverage.event, event))];
  }
  const { source } = change;
  const events = JSON.stringify([...new Set(change.events)]);
  return [
    ended(
      "no_longer_sent",
      eq(repoCoverage.source, source),
      sql`${repoCoverage.event} NOT IN (SELECT value FROM json_each(${events}))`,
    ),
    statement(
      db,
      sql`
      INSERT INTO ${repoCoverage} (owner, repo, event, source, covered_since)
      SELECT ${owner}, repos.value, events.value, ${source}, ${now}
      FROM json_each(${JSON.stringify(repos)}) AS repos CROSS JOIN json_each(${events}) AS events WHERE ${onlyIf}
      ON CONFLICT (owner, repo, event) DO UPDATE SET source = excluded.source, ended_at = NULL, ended_reason = NULL,
        covered_since = CASE WHEN ended_at IS NULL THEN covered_since ELSE excluded.covered_since END`,
    ),
  ];
}

const inJson = (column: typeof repoCoverage.repo, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

/** The events that reach us for a repository, by its own or its owner's webhook (primary key prefix); for a batch. */
export function coverageQuery(db: Db, owner: string, repo: string) {
  return coverageOf(db, { owner, repo });
}

const coverageOf = compiled(["owner", "repo"], (db, { owner, repo }) =>
  db
    .select({ event: repoCoverage.event })
    .from(repoCoverage)
    .where(
      and(eq(repoCoverage.owner, owner), sql`${repoCoverage.repo} IN (${repo}, '*')`, isNull(repoCoverage.endedAt)),
    ),
);

/** The same alone. */
export async function findCoverage(db: Db, owner: string, repo: string): Promise<ReadonlySet<string>> {
  const rows = await resultOf(db, coverageQuery(db, owner, repo));
  return new Set(rows.map((row) => row.event));
}

/** Ends an owner's coverage, of one repository or of all (primary key prefix): long freshness must not be trusted. */
export async function endCoverage(
  db: Db,
  ask: { readonly owner: string; readonly repo?: string; readonly reason: string },
  now: number,
): Promise<number> {
  const result = await db
    .update(repoCoverage)
    .set({ endedAt: now, endedReason: ask.reason })
    .where(
      and(
        eq(repoCoverage.owner, ask.owner),
        ask.repo === undefined ? undefined : eq(repoCoverage.repo, ask.repo),
        isNull(repoCoverage.endedAt),
      ),
    );
  return changed(result);
}

/** Ends every owner's coverage, of one source or of all. Reads the whole table: for the hourly sweep only. */
export async function endCoverageEverywhere(
  db: Db,
  ask: { readonly source?: Source; readonly reason: string },
  now: number,
): Promise<number> {
  const ofSource = ask.source === undefined ? undefined : eq(repoCoverage.source, ask.source);
  const result = await db
    .update(repoCoverage)
    .set({ endedAt: now, endedReason: ask.reason })
    .where(and(isNull(repoCoverage.endedAt), ofSource));
  return changed(result);
}

/**
 * What an App covers, or covered until something went wrong; not what it gave up. Reads the whole table: for the
 * hourly sweep only.
 */
export async function listAppCoverage(db: Db): Promise<readonly { readonly owner: string; readonly repo: string }[]> {
  return db
    .selectDistinct({ owner: repoCoverage.owner, repo: repoCoverage.repo })
    .from(repoCoverage)
    .where(
      and(
        eq(repoCoverage.source, "app"),
        sql`coalesce(${repoCoverage.endedReason}, '') NOT IN ('repository_removed', 'installation_deleted', 'renamed')`,
      ),
    )
    .limit(5000);
}
