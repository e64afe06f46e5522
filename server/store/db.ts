/** The one way into D1. Queries live in the files beside this one, one per noun. */
import type { SQL } from "drizzle-orm";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteRaw } from "drizzle-orm/sqlite-core/query-builders/raw";
import * as schema from "./schema/index.ts";

export type Db = DrizzleD1Database<typeof schema> & { readonly $client: D1Database };

/** Opens nothing yet: D1 is asked only by the queries. */
export function openDb(d1: D1Database): Db {
  return drizzle(d1, { schema });
}

/** SQL that the query builder cannot say, by itself or in a batch. Answers what D1 reports; see `changed`. */
export function statement(db: Db, query: SQL): SQLiteRaw<D1Result> {
  return batchable(db, db.run(query));
}

/** The rows of such SQL, by itself or in a batch. `Row` is the caller's word for what the SQL selects. */
export function allSql<Row>(db: Db, query: SQL): SQLiteRaw<Row[]> {
  return batchable(db, db.all<Row>(query));
}

/** drizzle-orm 0.45 batches raw SQL with parameters only where it carries its prepared statement, and makes none. */
function batchable<Raw extends SQLiteRaw<unknown>>(db: Db, raw: Raw): Raw {
  return Object.defineProperty(raw, "stmt", { get: () => db.$client.prepare(raw.getQuery().sql) });
}

/** Rows a statement changed, as D1 reports them. */
export function changed(result: unknown): number {
  const meta = (result as { meta?: { changes?: number } }).meta;
  return meta?.changes ?? 0;
}
