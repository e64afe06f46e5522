/** The hourly sweep (4-cache, Housekeeping): bounded batches that can stop anywhere and go on an hour later. */
import type { Deps } from "./deps.ts";
import { logLine } from "./log.ts";
import { closeDays } from "./store/daily.ts";
import { recordRun } from "./store/housekeeping.ts";
import { listPoolIds } from "./store/pools.ts";
import { sumHours } from "./store/running-sums.ts";
import { countDueEntries, retentionTasks, sweepEntries } from "./store/retention.ts";
import { sweepBodies, sweepLogs } from "./sweep-bucket.ts";
import { DELIVERIES_TASK, type DeliverySweepDeps, sweepDeliveries } from "./sweep-deliveries.ts";

type StoreDeps = Pick<Deps, "db" | "bucket" | "now">;
/** Without what it takes to ask GitHub, the stores alone are swept. */
type SweepDeps = StoreDeps | (StoreDeps & DeliverySweepDeps);

/** Rows a batch deletes: D1 answers nobody else meanwhile, some 50 ms. */
export const BATCH_ROWS = 2_000;
/** 240,000 rows of each table an hour: fifty writes a second are 180,000. */
const BATCHES_PER_TASK = 120;
/** Over all tasks. D1 allows an invocation 1,000 queries; a batch of entries is four, any other one, each task's count one. */
const BATCHES_PER_RUN = 360;
/** A cron's invocation may last fifteen minutes. */
const RUN_MS = 5 * 60_000;
/**
 * Between two batches. On one machine D1 is in the same process, and a chain of calls that never waits keeps workerd from
 * its connections: nobody would be answered before the run's end.
 */
const BREATH_MS = 5;
const DAYS_PER_RUN = 40;
/**
 * Over all pools, each hour some 10 ms and up to seven queries of D1. A pool has one new hour a run; of a backlog it gets
 * on by another at least, however many pools there are.
 */
const HOURS_PER_RUN = 24;
const LEAST_HOURS_OF_POOL = 2;
/** R2 deletes at most so many at a time. */
const R2_KEYS = 1_000;

interface Swept {
  readonly done: number;
  /** How many were due; less than BATCH_ROWS means that nothing is left. */
  readonly seen: number;
}

interface Task {
  readonly name: string;
  readonly batch: () => Promise<Swept>;
  readonly remaining: () => Promise<number>;
}

interface Outcome {
  readonly name: string;
  readonly done: number;
  readonly remaining: number;
  /** An error's name only: messages may hold values. */
  readonly failed?: string;
}

/** What is left of the run's bounds. */
interface Run {
  readonly begunAt: number;
  batches: number;
}

/** Runs every task, each on its own: one that fails stops no other. Leaves a housekeeping_runs row. */
export async function sweep(deps: SweepDeps, startedAt: number): Promise<void> {
  const begunAt = deps.now();
  const run: Run = { begunAt, batches: BATCHES_PER_RUN };
  const outcomes: Outcome[] = [];
  for (const task of await tasksOf(deps, startedAt)) outcomes.push(await runTask(task, run, deps));
  const durationMs = deps.now() - begunAt;
  const remaining = outcomes.reduce((sum, outcome) => sum + outcome.remaining, 0);
  const failed = outcomes.filter((outcome) => outcome.failed !== undefined).map(({ name }) => name);
  const report = Object.fromEntries(outcomes.map(({ name, ...rest }) => [name, rest]));
  await recordRun(deps.db, { startedAt, finishedAt: startedAt + durationMs, report, remaining, failed: failed.length });
  const level = failed.length > 0 || remaining > 0 ? "warn" : "info";
  logLine(level, { message: "housekeeping", duration_ms: durationMs, remaining, failed: failed.join(", ") });
}

async function tasksOf(deps: SweepDeps, now: number): Promise<readonly Task[]> {
  const { db, bucket } = deps;
  const poolIds = await listPoolIds(db);
  const entries: Task = {
    name: "github_cache_entries",
    batch: async () => {
      const { seen, deleted, r2Keys } = await sweepEntries(db, now, BATCH_ROWS);
      for (let from = 0; from < r2Keys.length; from += R2_KEYS) await bucket.delete(r2Keys.slice(from, from + R2_KEYS));
      return { done: deleted, seen };
    },
    remaining: () => countDueEntries(db, now),
  };
  const days = poolIds.map((poolId) => ({
    name: `usage_daily of ${poolId} closed`,
    batch: async () => {
      await closeDays(db, poolId, now, DAYS_PER_RUN);
      return allOf(0);
    },
    remaining: () => closeDays(db, poolId, now, 0),
  }));
  const hoursOfPool = Math.max(LEAST_HOURS_OF_POOL, Math.floor(HOURS_PER_RUN / poolIds.length));
  const hours = poolIds.map((poolId) => ({
    name: `running sums of ${poolId}`,
    batch: async () => {
      await sumHours(db, poolId, now, hoursOfPool);
      return allOf(0);
    },
    remaining: () => sumHours(db, poolId, now, 0),
  }));
  const retention = retentionTasks(poolIds).map((task) => ({
    name: task.name,
    batch: async () => allOf(await task.sweep(db, now, BATCH_ROWS)),
    remaining: () => task.due(db, now),
  }));
  const bodies = {
    name: "bodies without an entry",
    batch: async () => allOf(await sweepBodies(db, bucket, now)),
    remaining: none,
  };
  const logs = { name: "job logs", batch: async () => allOf(await sweepLogs(bucket, now)), remaining: none };
  // First, whatever else the run has time for: until it has looked, long-lived answers rest on trust.
  const deliveries =
    "config" in deps
      ? [{ name: DELIVERIES_TASK, batch: async () => allOf(await sweepDeliveries(deps, now)), remaining: none }]
      : [];
  // Hours and days are summed up before they may go.
  return [...deliveries, ...days, ...hours, entries, ...retention, bodies, logs];
}

const none = () => Promise.resolve(0);
const allOf = (done: number): Swept => ({ done, seen: done });

async function runTask(task: Task, run: Run, deps: SweepDeps): Promise<Outcome> {
  let done = 0;
  try {
    for (let batches = 0; batches < BATCHES_PER_TASK && run.batches > 0; batches += 1) {
      if (deps.now() - run.begunAt >= RUN_MS) break;
      run.batches -= 1;
      const swept = await task.batch();
      done += swept.done;
      if (swept.seen < BATCH_ROWS) break;
      await scheduler.wait(BREATH_MS);
    }
    return { name: task.name, done, remaining: await task.remaining() };
  } catch (error) {
    // D1 or R2 failed: the next run goes on here, and the run's row says that this one did not.
    return { name: task.name, done, remaining: 0, failed: error instanceof Error ? error.name : "unknown" };
  }
}
