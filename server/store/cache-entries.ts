/** Stored answers as the dashboard looks at them: counts, searches and one entry, never a body. */
import { and, eq, gt, lt, sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { cacheEntryKeys, githubCacheEntries as entries } from "./schema/index.ts";

export interface KindCount {
  readonly routeKind: string;
  readonly entries: number;
  readonly fresh: number;
  readonly bodyBytes: number;
}

/** Entries of a pool by route kind; github_cache_entries_kind covers it, so that no row is touched. */
export async function countByKind(db: Db, poolId: string, now: number): Promise<readonly KindCount[]> {
  return allSql<KindCount>(
    db,
    sql`SELECT route_kind AS routeKind, count(*) AS entries, sum(fresh_until > ${now}) AS fresh, sum(body_bytes) AS bodyBytes
    FROM github_cache_entries WHERE pool_id = ${poolId} GROUP BY route_kind ORDER BY entries DESC LIMIT 500`,
  );
}

const summary = {
  row: sql<number>`${entries}.rowid`,
  cacheKey: entries.cacheKey,
  routeKind: entries.routeKind,
  scope: entries.scope,
  path: entries.path,
  query: entries.query,
  status: entries.status,
  bodyBytes: entries.bodyBytes,
  backend: entries.backend,
  identityId: entries.identityId,
  fetchedAt: entries.fetchedAt,
  freshUntil: entries.freshUntil,
  staleUntil: entries.staleUntil,
  swrUntil: entries.swrUntil,
  generations: entries.generations,
};

export interface EntrySummary {
  /** For a cursor: grows with every entry stored. */
  readonly row: number;
  readonly cacheKey: string;
  readonly routeKind: string;
  readonly scope: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly backend: "web" | "github_public" | "identity";
  readonly identityId: string | null;
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly swrUntil: number;
  /** A surrogate key of it was purged since it was fetched: it is served to nobody. */
  readonly purged: boolean;
}

/**
 * What GitHub was last seen to hide is shown to nobody, though its bytes may not be swept yet (primary key of
 * github_public_repos).
 */
const notHidden = sql`NOT EXISTS (SELECT 1 FROM github_public_repos AS proof WHERE instr(${entries.scope}, '/') > 0
  AND proof.owner = substr(${entries.scope}, 1, instr(${entries.scope}, '/') - 1)
  AND proof.repo = substr(${entries.scope}, instr(${entries.scope}, '/') + 1) AND proof.public = 0)`;

/** Entries of a repository or other scope, latest stored first (github_cache_entries_scope). */
export async function listEntriesOfScope(
  db: Db,
  ask: {
    readonly poolId: string;
    readonly scope: string;
    readonly limit: number;
    readonly beforeRow?: number | undefined;
  },
): Promise<readonly EntrySummary[]> {
  const rows = await db
    .select(summary)
    .from(entries)
    .where(
      and(
        eq(entries.poolId, ask.poolId),
        eq(entries.scope, ask.scope),
        lt(sql`${entries}.rowid`, ask.beforeRow ?? Number.MAX_SAFE_INTEGER),
        notHidden,
      ),
    )
    .orderBy(sql`${entries}.rowid DESC`)
    .limit(ask.limit);
  return withPurges(db, ask.poolId, rows);
}

/** Entries that a surrogate key names, by cache key (primary keys). */
export async function listEntriesByKey(
  db: Db,
  ask: { readonly poolId: string; readonly key: string; readonly limit: number; readonly after?: string | undefined },
): Promise<readonly EntrySummary[]> {
  const rows = await db
    .select(summary)
    .from(cacheEntryKeys)
    .innerJoin(entries, eq(entries.cacheKey, cacheEntryKeys.cacheKey))
    .where(
      and(
        eq(cacheEntryKeys.surrogateKey, ask.key),
        gt(cacheEntryKeys.cacheKey, ask.after ?? ""),
        eq(entries.poolId, ask.poolId),
        notHidden,
      ),
    )
    .orderBy(cacheEntryKeys.cacheKey)
    .limit(ask.limit);
  return withPurges(db, ask.poolId, rows);
}

type StoredSummary = Omit<EntrySummary, "purged"> & { readonly generations: string };

async function withPurges(db: Db, poolId: string, rows: readonly StoredSummary[]): Promise<readonly EntrySummary[]> {
  const now = await readNow(db, poolId, rows);
  return rows.map(({ generations, ...row }) => ({ ...row, purged: isPurged(readGenerations(generations), now) }));
}

/** The generations in force of every key that these entries carry (primary key). */
async function readNow(db: Db, poolId: string, rows: readonly StoredSummary[]): Promise<ReadonlyMap<string, number>> {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(readGenerations(row.generations))))];
  if (keys.length === 0) return new Map();
  const found = await allSql<{ key: string; generation: number }>(
    db,
    sql`SELECT surrogate_key AS key, generation FROM cache_generations
    WHERE pool_id = ${poolId} AND surrogate_key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`,
  );
  return new Map(found.map(({ key, generation }) => [key, generation]));
}

/** The JSON in a row was written by cache.ts. */
const readGenerations = (text: string) => JSON.parse(text) as Readonly<Record<string, number>>;

function isPurged(stored: Readonly<Record<string, number>>, now: ReadonlyMap<string, number>): boolean {
  return Object.entries(stored).some(([key, generation]) => (now.get(key) ?? 0) !== generation);
}

export interface EntryDetail extends EntrySummary {
  readonly headers: Readonly<Record<string, string>>;
  readonly storedBytes: number;
  readonly identityKind: "pat" | "github_app" | null;
  readonly isInBucket: boolean;
  readonly keys: readonly { readonly key: string; readonly generation: number; readonly now: number }[];
}

/** One entry of the pool with its keys and their generations then and now (primary keys, cache_entry_keys_entry). */
export async function findEntryDetail(db: Db, poolId: string, cacheKey: string): Promise<EntryDetail | undefined> {
  const [row] = await db
    .select({
      ...summary,
      headers: entries.headers,
      storedBytes: entries.storedBytes,
      identityKind: entries.identityKind,
      r2Key: entries.r2Key,
    })
    .from(entries)
    .where(and(eq(entries.cacheKey, cacheKey), eq(entries.poolId, poolId), notHidden));
  if (row === undefined) return undefined;
  const { generations, headers, r2Key, ...rest } = row;
  const stored = readGenerations(generations);
  const now = await readNow(db, poolId, [row]);
  return {
    ...rest,
    headers: JSON.parse(headers) as Record<string, string>,
    isInBucket: r2Key !== null,
    purged: isPurged(stored, now),
    keys: Object.entries(stored).map(([key, generation]) => ({ key, generation, now: now.get(key) ?? 0 })),
  };
}

export interface PurgeCount {
  readonly entries: number;
  readonly fresh: number;
  /** The largest parts, by route kind. */
  readonly kinds: readonly { readonly routeKind: string; readonly entries: number }[];
}

/** What a purge of these keys would end: entries still in force, each once (primary keys). */
export async function countInForce(db: Db, poolId: string, keys: readonly string[], now: number): Promise<PurgeCount> {
  const rows = await allSql<{ routeKind: string; entries: number; fresh: number }>(
    db,
    sql`SELECT entry.route_kind AS routeKind, count(DISTINCT entry.cache_key) AS entries,
      count(DISTINCT CASE WHEN entry.fresh_until > ${now} THEN entry.cache_key END) AS fresh
    FROM json_each(${JSON.stringify(keys)}) AS asked
    CROSS JOIN cache_entry_keys AS named ON named.surrogate_key = asked.value
    CROSS JOIN github_cache_entries AS entry ON entry.cache_key = named.cache_key
    WHERE entry.pool_id = ${poolId} AND entry.stale_until > ${now} AND NOT EXISTS (
      SELECT 1 FROM json_each(entry.generations) AS stored
      LEFT JOIN cache_generations AS present ON present.pool_id = ${poolId} AND present.surrogate_key = stored.key
      WHERE coalesce(present.generation, 0) <> stored.value)
    GROUP BY entry.route_kind ORDER BY entries DESC`,
  );
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    entries: sum((row) => row.entries),
    fresh: sum((row) => row.fresh),
    kinds: rows.slice(0, 5).map(({ routeKind, entries: count }) => ({ routeKind, entries: count })),
  };
}
