/** The Worker with a clock that the bench moves, and a D1 that counts and fails on demand. Doors under /__bench/. */
import { createWorker, realPlatform } from "../../server/create-worker.ts";
import type { Bindings } from "../../server/env.ts";
import { closeDays } from "../../server/store/daily.ts";
import { openDb } from "../../server/store/db.ts";
import { listRuns } from "../../server/store/housekeeping.ts";
import { benchClock, moveClock } from "./clock.ts";
import { CountedD1 } from "./counted-d1.ts";
import { peakOutcomeBytes } from "./outcome-bytes.ts";

export { PoolCoordinator } from "./simulated-coordinator.ts";

const DOOR = "/__bench/";
const worker = createWorker({ ...realPlatform(), now: () => benchClock.now() });
const counted = new CountedD1();
const covered = new WeakMap<object, Bindings>();

function cover(env: Bindings): Bindings {
  const known = covered.get(env);
  if (known !== undefined) return known;
  const fresh: Bindings = { ...env, DB: counted.cover(env.DB) };
  covered.set(env, fresh);
  return fresh;
}

type Door = (given: never, env: Bindings, context: ExecutionContext) => Promise<unknown>;

/** The cron's run, and what it says that it did. Beside it the requests of the bench go on. */
async function sweep(env: Bindings, context: ExecutionContext): Promise<object> {
  counted.slowest = { ms: 0, sql: "" };
  const before = counted.reads + counted.writes;
  const began = Date.now();
  const controller = { scheduledTime: benchClock.now(), cron: "17 * * * *", noRetry: () => undefined };
  await worker.scheduled?.(controller, cover(env), context);
  const runMs = Date.now() - began;
  const { ms: slowestMs, sql: slowestSql } = counted.slowest;
  const [last] = await listRuns(openDb(env.DB), 1);
  if (last === undefined) throw new Error("the run left no row");
  const { report, remaining } = last;
  return { runMs, slowestMs, slowestSql, statements: counted.reads + counted.writes - before, report, remaining };
}

const DOORS: Readonly<Record<string, Door>> = {
  forget: async ({ pool, identities }: { pool: string; identities: readonly string[] }, env) => {
    worker.isolate.rates.clear();
    await env.DB.prepare("DELETE FROM github_public_api_rates").run();
    const coordinator = env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${pool}`));
    for (const identity of identities) await coordinator.clearCooldowns(identity);
  },
  "move-clock": async ({ ms }: { ms: number }) => moveClock(ms),
  sql: async ({ statements }: { statements: readonly string[] }, env) => {
    const results = await env.DB.batch(statements.map((sql) => env.DB.prepare(sql)));
    return results.map(({ results: rows }) => rows);
  },
  "close-days": async ({ pool }: { pool: string }, env) => closeDays(openDb(env.DB), pool, benchClock.now(), 400),
  sweep: (_: object, env, context) => sweep(env, context),
  "fail-d1": async ({ failing }: { failing: boolean }) => {
    counted.isFailing = failing;
  },
  counts: async () => ({
    writes: counted.writes,
    reads: counted.reads,
    callers: worker.isolate.callers.size,
    audit: worker.isolate.audit.standing(),
    memoryBytes: worker.isolate.entries.bytes,
    outcomeBytes: peakOutcomeBytes(),
  }),
};

async function answerDoor(request: Request, name: string, env: Bindings, context: ExecutionContext): Promise<Response> {
  const door = DOORS[name];
  if (door === undefined) return new Response(`no door ${name}`, { status: 404 });
  const result = await door((await request.json()) as never, env, context);
  return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(DOOR)) return answerDoor(request, pathname.slice(DOOR.length), env, context);
    if (worker.fetch === undefined) throw new Error("the Worker answers no requests");
    return worker.fetch(request as Parameters<typeof worker.fetch>[0], cover(env), context);
  },
} satisfies ExportedHandler<Bindings>;
