/**
 * What is left of the anonymous budget, by data centre and resource; and, under its own name in place of a resource,
 * until when a token-free source rests there.
 */
import { and, eq, sql } from "drizzle-orm";
import { compiled } from "./compiled.ts";
import type { Db } from "./db.ts";
import { githubPublicApiRates } from "./schema/index.ts";

/** Times are epoch ms. */
export interface AnonymousRate {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly readAt: number;
}

/** Everything known of one data centre (primary key prefix): a handful of rows. For use in a batch. */
export function anonymousRatesQuery(db: Db, colo: string) {
  return ratesAt(db, { colo });
}

const ratesAt = compiled(["colo"], (db, { colo }) =>
  db.select().from(githubPublicApiRates).where(eq(githubPublicApiRates.colo, colo)),
);

/** By resource, or by the name of a source that rests. */
export type AnonymousRates = Readonly<Record<string, AnonymousRate>>;

export function toAnonymousRates(rows: readonly (typeof githubPublicApiRates.$inferSelect)[]): AnonymousRates {
  return Object.fromEntries(rows.map((row) => [row.resource, toAnonymousRate(row)]));
}

function toAnonymousRate(row: typeof githubPublicApiRates.$inferSelect): AnonymousRate {
  return { limit: row.limit, remaining: row.remaining, resetAt: row.resetAt, readAt: row.readAt };
}

/** The standing of one data centre (primary key); undefined: not known yet. */
export async function findAnonymousRate(db: Db, colo: string, resource: string): Promise<AnonymousRate | undefined> {
  const [row] = await db
    .select()
    .from(githubPublicApiRates)
    .where(and(eq(githubPublicApiRates.colo, colo), eq(githubPublicApiRates.resource, resource)));
  return row === undefined ? undefined : toAnonymousRate(row);
}

/**
 * Writes a reading (primary key). Never back in time: a window that ended earlier changes nothing, and within one
 * window the lower number of remaining requests stands, since answers overtake one another.
 */
export async function saveAnonymousRate(db: Db, colo: string, resource: string, rate: AnonymousRate): Promise<void> {
  const stored = githubPublicApiRates;
  await db
    .insert(stored)
    .values({ colo, resource, ...rate })
    .onConflictDoUpdate({
      target: [stored.colo, stored.resource],
      set: { ...rate },
      setWhere: sql`excluded.reset_at > ${stored.resetAt}
        OR (excluded.reset_at = ${stored.resetAt} AND excluded.remaining < ${stored.remaining})`,
    });
}

/** A source asks nothing there before `until` (primary key); a longer rest stands. */
export async function saveRest(db: Db, colo: string, source: string, until: number, now: number): Promise<void> {
  await saveAnonymousRate(db, colo, source, { limit: 0, remaining: 0, resetAt: until, readAt: now });
}
