/** The one way into D1. Queries live in the files beside this one, one per noun. */
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import * as schema from "./schema/index.ts";

export type Db = DrizzleD1Database<typeof schema>;

/** Opens nothing yet: D1 is asked only by the queries. */
export function openDb(d1: D1Database): Db {
  return drizzle(d1, { schema });
}

/** Rows a statement changed, as D1 reports them. */
export function changed(result: unknown): number {
  const meta = (result as { meta?: { changes?: number } }).meta;
  return meta?.changes ?? 0;
}
