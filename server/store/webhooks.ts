/** Webhook deliveries, and which repositories' events reach us. Owners and repositories are lower-cased. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { changed, type Db, statement } from "./db.ts";
import { repoCoverage, webhookDeliveries } from "./schema/index.ts";

export type Delivery = Readonly<typeof webhookDeliveries.$inferSelect>;

/** Notes a delivery (primary key). False: it was seen before. */
export async function recordDelivery(db: Db, delivery: Delivery): Promise<boolean> {
  const result = await db.insert(webhookDeliveries).values(delivery).onConflictDoNothing();
  return changed(result) > 0;
}

export interface Coverage {
  readonly owner: string;
  /** `*`: every repository of the owner. */
  readonly repo: string;
  readonly source: "repository" | "organization" | "app";
  readonly events: readonly string[];
}

/** Replaces what a webhook covers (primary key): events it no longer sends end with `no_longer_sent`. One batch. */
export async function saveCoverage(db: Db, coverage: Coverage, now: number): Promise<void> {
  const { owner, repo, source } = coverage;
  const events = JSON.stringify([...new Set(coverage.events)]);
  await db.batch([
    db
      .update(repoCoverage)
      .set({ endedAt: now, endedReason: "no_longer_sent" })
      .where(
        and(
          eq(repoCoverage.owner, owner),
          eq(repoCoverage.repo, repo),
          isNull(repoCoverage.endedAt),
          sql`${repoCoverage.event} NOT IN (SELECT value FROM json_each(${events}))`,
        ),
      ),
    statement(
      db,
      sql`
      INSERT INTO ${repoCoverage} (owner, repo, event, source, covered_since)
      SELECT ${owner}, ${repo}, value, ${source}, ${now} FROM json_each(${events}) WHERE true
      ON CONFLICT (owner, repo, event) DO UPDATE SET source = excluded.source, ended_at = NULL, ended_reason = NULL,
        covered_since = CASE WHEN ended_at IS NULL THEN covered_since ELSE excluded.covered_since END`,
    ),
  ]);
}

/** The events that reach us for a repository, by its own or its owner's webhook (primary key prefix); for a batch. */
export function coverageQuery(db: Db, owner: string, repo: string) {
  return db
    .select({ event: repoCoverage.event })
    .from(repoCoverage)
    .where(
      and(eq(repoCoverage.owner, owner), sql`${repoCoverage.repo} IN (${repo}, '*')`, isNull(repoCoverage.endedAt)),
    );
}

/** The same alone. */
export async function findCoverage(db: Db, owner: string, repo: string): Promise<ReadonlySet<string>> {
  const rows = await coverageQuery(db, owner, repo);
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
