/** Stored answers. A lookup is one batch; a publish or a renewal is guarded by the fill's fence. */
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { Backend } from "../../shared/cache-status.ts";
import { type AnonymousRates, anonymousRatesQuery, toAnonymousRates } from "./anonymous-rates.ts";
import { compiled } from "./compiled.ts";
import { changed, type Db } from "./db.ts";
import { collectGenerations, generationsQuery, keysWithEpochs } from "./generations.ts";
import { cacheEntryKeys, githubCacheEntries } from "./schema/index.ts";
import { proofByIdQuery, type ProofRow, proofQuery } from "./visibility.ts";
import { coverageQuery } from "./webhooks.ts";

/** A row of github_cache_entries with its JSON read. Times are epoch ms. */
export interface CacheRow {
  readonly cacheKey: string;
  readonly poolId: string;
  readonly routeKind: string;
  readonly scope: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: "json" | "text" | "base64";
  /** gzip as base64 text; null: see r2Key, or only the edge has it. */
  readonly body: string | null;
  readonly bodyBytes: number;
  readonly storedBytes: number;
  readonly r2Key: string | null;
  readonly contentHash: string;
  readonly identityId: string | null;
  readonly identityKind: "pat" | "github_app" | null;
  readonly backend: Backend;
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly swrUntil: number;
  readonly generations: Readonly<Record<string, number>>;
  readonly fence: number;
  readonly filtered: boolean;
}

export interface LookupAsk {
  readonly poolId: string;
  readonly cacheKey: string;
  readonly surrogateKeys: readonly string[];
  readonly scope: string;
  /** Lower-cased; absent where the answer belongs to no repository. */
  readonly repository?: { readonly owner: string; readonly repo: string } | undefined;
  readonly colo: string;
  /** Keys of other questions whose answers teach about this one. */
  readonly beside?: readonly string[];
}

export interface LookupAnswer {
  readonly row?: CacheRow;
  readonly beside: readonly CacheRow[];
  /** Every surrogate key asked about; 0 where it was never purged. */
  readonly generations: Record<string, number>;
  readonly epoch: number;
  /** May be past its end: the reader compares `expiresAt`. */
  readonly proof?: ProofRow;
  readonly rates: AnonymousRates;
  /** Webhook events that reach us for the repository. */
  readonly covered: ReadonlySet<string>;
}

/** Everything a miss needs to know before it fills, in one D1 batch of five reads by primary key. */
export async function readForLookup(db: Db, ask: LookupAsk): Promise<LookupAnswer> {
  const { owner, repo } = ask.repository ?? { owner: "", repo: "" };
  const [entries, generationRows, proofs, rates, events] = await db.batch([
    entriesOf(db, { cacheKeys: JSON.stringify([ask.cacheKey, ...(ask.beside ?? [])]) }),
    generationsQuery(db, ask.poolId, keysWithEpochs(ask.scope, ask.surrogateKeys)),
    proofQuery(db, owner, repo),
    anonymousRatesQuery(db, ask.colo),
    coverageQuery(db, owner, repo),
  ]);
  const row = entries.find(({ cacheKey }) => cacheKey === ask.cacheKey);
  const proof = proofs[0];
  return {
    ...collectGenerations(generationRows, ask.scope, ask.surrogateKeys),
    covered: new Set(events.map(({ event }) => event)),
    rates: toAnonymousRates(rates),
    beside: entries.filter((entry) => entry !== row).map(toCacheRow),
    ...(row === undefined ? {} : { row: toCacheRow(row) }),
    ...(proof === undefined ? {} : { proof }),
  };
}

const entriesOf = compiled(["cacheKeys"], (db, { cacheKeys }) =>
  db
    .select()
    .from(githubCacheEntries)
    .where(sql`${githubCacheEntries.cacheKey} IN (SELECT value FROM json_each(${cacheKeys}))`),
);

export interface ServingAnswer {
  readonly generations: Record<string, number>;
  readonly epoch: number;
  readonly proof?: ProofRow;
  readonly rates: AnonymousRates;
  readonly covered: ReadonlySet<string>;
}

/** What decides whether a nearby copy may be served: generations and proof, in one batch of reads by primary key. */
export async function readForServing(
  db: Db,
  ask: Pick<LookupAsk, "poolId" | "scope" | "surrogateKeys" | "repository" | "colo">,
): Promise<ServingAnswer> {
  const { owner, repo } = ask.repository ?? { owner: "", repo: "" };
  const [generationRows, proofs, rates, events] = await db.batch([
    generationsQuery(db, ask.poolId, keysWithEpochs(ask.scope, ask.surrogateKeys)),
    proofQuery(db, owner, repo),
    anonymousRatesQuery(db, ask.colo),
    coverageQuery(db, owner, repo),
  ]);
  const proof = proofs[0];
  return {
    ...collectGenerations(generationRows, ask.scope, ask.surrogateKeys),
    covered: new Set(events.map(({ event }) => event)),
    rates: toAnonymousRates(rates),
    ...(proof === undefined ? {} : { proof }),
  };
}

/** What is known of a repository's number before anybody is asked, in one batch of reads (github_public_repos_id). */
export async function readForNumber(
  db: Db,
  repositoryId: number,
  colo: string,
): Promise<{ readonly proof: ProofRow | undefined; readonly rates: AnonymousRates }> {
  const [proofs, rates] = await db.batch([proofByIdQuery(db, repositoryId), anonymousRatesQuery(db, colo)]);
  return { proof: proofs[0], rates: toAnonymousRates(rates) };
}

/** One entry by its key (primary key); for followers that lost the inline body, and for the dashboard. */
export async function findEntry(db: Db, cacheKey: string): Promise<CacheRow | undefined> {
  const [row] = await db.select().from(githubCacheEntries).where(eq(githubCacheEntries.cacheKey, cacheKey));
  return row === undefined ? undefined : toCacheRow(row);
}

/**
 * Stores an entry with its surrogate keys, in one batch. An existing row is replaced only by a later fill: a higher
 * fence, or, without a lease (fence 0), a younger fetch, which leaves the row its own fence. False: it was not.
 */
export async function publishEntry(db: Db, row: CacheRow, surrogateKeys: readonly string[]): Promise<boolean> {
  const values = {
    ...row,
    headers: JSON.stringify(row.headers),
    generations: JSON.stringify(row.generations),
  };
  const { cacheKey, poolId } = row;
  const [stored] = await db.batch([
    entryStored(db, values),
    keysStored(db, { cacheKey, poolId, keys: JSON.stringify(surrogateKeys) }),
  ]);
  return changed(stored) > 0;
}

type EntryColumn = keyof typeof githubCacheEntries.$inferSelect;
const ENTRY_COLUMNS = Object.keys(getTableColumns(githubCacheEntries)) as readonly EntryColumn[];

const entryStored = compiled(ENTRY_COLUMNS, (db, places) =>
  db
    .insert(githubCacheEntries)
    .values(places)
    .onConflictDoUpdate({
      target: githubCacheEntries.cacheKey,
      set: { ...everyColumnReplaced(), fence: sql`max(${githubCacheEntries.fence}, excluded.fence)` },
      setWhere: supersedes(sql`excluded.fence`, sql`excluded.fetched_at`),
    }),
);

const keysStored = compiled(["cacheKey", "poolId", "keys"], (db, { cacheKey, poolId, keys }) =>
  db
    .insert(cacheEntryKeys)
    .select(sql`SELECT value, ${cacheKey}, ${poolId} FROM json_each(${keys}) WHERE true`)
    .onConflictDoNothing(),
);

export interface Renewal {
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly swrUntil: number;
  readonly generations: Readonly<Record<string, number>>;
  readonly fence: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the body that GitHub said is unchanged. */
  readonly contentHash: string;
}

/**
 * Writes new ends after a 304 (primary key), under the guard of publishEntry and only over the very body that GitHub was
 * asked about: what was asked about may have been a nearby copy that the row never got. False: it was not renewed.
 */
export async function renewEntry(db: Db, cacheKey: string, renewal: Renewal): Promise<boolean> {
  const { fence, headers, generations, contentHash, ...times } = renewal;
  const result = await db
    .update(githubCacheEntries)
    .set({
      ...times,
      generations: JSON.stringify(generations),
      fence: sql`max(${githubCacheEntries.fence}, ${fence})`,
      ...(headers === undefined ? {} : { headers: JSON.stringify(headers) }),
    })
    .where(
      and(
        eq(githubCacheEntries.cacheKey, cacheKey),
        eq(githubCacheEntries.contentHash, contentHash),
        supersedes(sql`${fence}`, sql`${renewal.fetchedAt}`),
      ),
    );
  return changed(result) > 0;
}

function supersedes(fence: ReturnType<typeof sql>, fetchedAt: ReturnType<typeof sql>) {
  const row = githubCacheEntries;
  return sql`(${fence} > ${row.fence} OR (${fence} = 0 AND ${fetchedAt} > ${row.fetchedAt}))`;
}

/** SET column = excluded.column, for every column but the key. */
function everyColumnReplaced(): Record<string, ReturnType<typeof sql>> {
  const { cacheKey: _, ...columns } = getTableColumns(githubCacheEntries);
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, sql`excluded.${sql.identifier(column.name)}`]),
  );
}

/** The JSON in a row was written by this file. */
export function toCacheRow(row: typeof githubCacheEntries.$inferSelect): CacheRow {
  return {
    ...row,
    headers: JSON.parse(row.headers) as Record<string, string>,
    generations: JSON.parse(row.generations) as Record<string, number>,
  };
}
