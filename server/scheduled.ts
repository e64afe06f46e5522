/** The hourly sweep (4-cache, Housekeeping): bounded batches that can stop anywhere and go on an hour later. */
import type { Deps } from "./deps.ts";
import { closeDays } from "./store/daily.ts";
import { recordRun } from "./store/housekeeping.ts";
import { listPoolIds } from "./store/pools.ts";
import { countDueEntries, retentionTasks, sweepEntries } from "./store/retention.ts";
import { sweepBodies, sweepLogs } from "./sweep-bucket.ts";
import { DELIVERIES_TASK, type DeliverySweepDeps, sweepDeliveries } from "./sweep-deliveries.ts";

type StoreDeps = Pick<Deps, "db" | "bucket" | "now">;
/** Without what it takes to ask GitHub, the stores alone are swept. */
type SweepDeps = StoreDeps | (StoreDeps & DeliverySweepDeps);

/** Rows a batch deletes: some 50 ms of D1, which answers nobody else meanwhile. */
const BATCH_ROWS = 1_000;
/** Bounds of one run; 200,000 audit rows a day are 8,400 an hour. */
const BATCHES_PER_TASK = 60;
const RUN_MS = 5 * 60_000;
const DAYS_PER_RUN = 40;

interface Task {
  readonly name: string;
  /** What a batch did; less than BATCH_ROWS means that nothing is left. */
  readonly batch: () => Promise<number>;
  readonly remaining: () => Promise<number>;
}

interface Outcome {
  readonly name: string;
  readonly done: number;
  readonly remaining: number;
  /** An error's name only: messages may hold values. */
  readonly failed?: string;
}

/** Runs every task, each on its own: one that fails stops no other. Leaves a housekeeping_runs row. */
export async function sweep(deps: SweepDeps, startedAt: number): Promise<void> {
  const begunAt = deps.now();
  const outcomes: Outcome[] = [];
  for (const task of await tasksOf(deps, startedAt)) outcomes.push(await runTask(task, begunAt, deps));
  await recordRun(deps.db, {
    startedAt,
    finishedAt: startedAt + (deps.now() - begunAt),
    report: Object.fromEntries(outcomes.map(({ name, ...rest }) => [name, rest])),
    remaining: outcomes.reduce((sum, outcome) => sum + outcome.remaining, 0),
    failed: outcomes.filter((outcome) => outcome.failed !== undefined).length,
  });
}

async function tasksOf(deps: SweepDeps, now: number): Promise<readonly Task[]> {
  const { db, bucket } = deps;
  const poolIds = await listPoolIds(db);
  const entries: Task = {
    name: "github_cache_entries",
    batch: async () => {
      const { deleted, r2Keys } = await sweepEntries(db, now, BATCH_ROWS);
      if (r2Keys.length > 0) await bucket.delete([...r2Keys]);
      return deleted;
    },
    remaining: () => countDueEntries(db, now),
  };
  const days = poolIds.map((poolId) => ({
    name: `usage_daily of ${poolId} closed`,
    batch: async () => {
      await closeDays(db, poolId, now, DAYS_PER_RUN);
      return 0;
    },
    remaining: () => closeDays(db, poolId, now, 0),
  }));
  const retention = retentionTasks(poolIds).map((task) => ({
    name: task.name,
    batch: () => task.sweep(db, now, BATCH_ROWS),
    remaining: () => task.due(db, now),
  }));
  const bodies = { name: "bodies without an entry", batch: () => sweepBodies(db, bucket, now), remaining: none };
  const logs = { name: "job logs", batch: () => sweepLogs(bucket, now), remaining: none };
  // First, whatever else the run has time for: until it has looked, long-lived answers rest on trust.
  const deliveries =
    "config" in deps ? [{ name: DELIVERIES_TASK, batch: () => sweepDeliveries(deps, now), remaining: none }] : [];
  // Days are summed up before their hours may go.
  return [...deliveries, ...days, entries, ...retention, bodies, logs];
}

const none = () => Promise.resolve(0);

async function runTask(task: Task, begunAt: number, deps: SweepDeps): Promise<Outcome> {
  let done = 0;
  try {
    for (let batches = 0; batches < BATCHES_PER_TASK && deps.now() - begunAt < RUN_MS; batches += 1) {
      const swept = await task.batch();
      done += swept;
      if (swept < BATCH_ROWS) break;
    }
    return { name: task.name, done, remaining: await task.remaining() };
  } catch (error) {
    // D1 or R2 failed: the next run goes on here, and the run's row says that this one did not.
    return { name: task.name, done, remaining: 0, failed: error instanceof Error ? error.name : "unknown" };
  }
}
