/** What the hourly sweeps did, for operators and for the next sweep. */
import { desc } from "drizzle-orm";
import type { Db } from "./db.ts";
import { housekeepingRuns } from "./schema/index.ts";

export interface HousekeepingRun {
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Plain values by task. */
  readonly report: Readonly<Record<string, unknown>>;
  /** Rows due that are still there. */
  readonly remaining: number;
  /** Tasks that failed. */
  readonly failed: number;
}

export async function recordRun(db: Db, run: HousekeepingRun): Promise<void> {
  await db.insert(housekeepingRuns).values({ ...run, report: JSON.stringify(run.report) });
}

/** Newest first, at most `limit` (primary key). */
export async function listRuns(db: Db, limit: number): Promise<readonly HousekeepingRun[]> {
  const rows = await db.select().from(housekeepingRuns).orderBy(desc(housekeepingRuns.id)).limit(limit);
  return rows.map(({ startedAt, finishedAt, remaining, failed, report }) => ({
    startedAt,
    finishedAt,
    remaining,
    failed,
    report: JSON.parse(report) as Record<string, unknown>,
  }));
}
