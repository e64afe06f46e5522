/**
 * Queries of the hot path, whose SQL Drizzle writes once in an isolate's life: to write it costs a miss more time than
 * D1 needs to answer. Each use only fills the places.
 */
import { fillPlaceholders, type Placeholder, type Query, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { Db } from "./db.ts";

/** What drizzle-orm's `batch` asks of a query (drizzle-orm/d1/session). */
interface Prepared {
  getQuery(): Query;
  mapResult(result: unknown, isFromBatch?: boolean): unknown;
}

/** A compiled query with its places filled, for use in a batch. */
export type Filled<Item extends BatchItem<"sqlite">> = RunnableQuery<Item["_"]["result"], "sqlite">;

/**
 * `build` is called once, with a place for each name; it must make the same query whatever the values are.
 * The query may be of any isolate's `db`: only its text is kept.
 */
export function compiled<Name extends string, Item extends BatchItem<"sqlite">>(
  names: readonly Name[],
  build: (db: Db, places: Readonly<Record<Name, Placeholder<Name>>>) => Item,
): (db: Db, values: Readonly<Record<Name, unknown>>) => Filled<Item> {
  let known: Prepared | undefined;
  return (db, values) => {
    const prepared = (known ??= preparedOf(build(db, placesOf(names))));
    const { sql: text, params } = prepared.getQuery();
    const filled: Query = { sql: text, params: fillPlaceholders(params, values) };
    const item = {
      stmt: db.$client.prepare(text),
      getQuery: () => filled,
      mapResult: (result: unknown, isFromBatch?: boolean) => prepared.mapResult(result, isFromBatch),
    };
    return { _prepare: () => item } as unknown as Filled<Item>;
  };
}

/** The result of one compiled query by itself. */
export async function resultOf<Result>(db: Db, query: RunnableQuery<Result, "sqlite">): Promise<Result> {
  const [result] = await db.batch([query]);
  return result;
}

function preparedOf(query: BatchItem<"sqlite">): Prepared {
  return (query as unknown as { _prepare(): Prepared })._prepare();
}

function placesOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, Placeholder<Name>>> {
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as Record<Name, Placeholder<Name>>;
}
