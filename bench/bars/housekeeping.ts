/** `housekeeping`: the hourly sweep against fifty writes a second of each large kind, with requests beside it. */
import { setTimeout as sleep } from "node:timers/promises";
import { inMs, type Finding } from "../finding.ts";
import { POOL, Simulation } from "../simulation.ts";

const HOURS = 3;
const HOUR_MS = 3_600_000;
const KEPT_MS = 30 * 24 * HOUR_MS;
const WRITES_A_SECOND = 50;
const ROWS_AN_HOUR = WRITES_A_SECOND * 3_600;
const ROWS_A_STATEMENT = 20_000;
/** A row by itself and its place in the index of surrogate keys, as often as a pull has. */
const KEYS_AN_ENTRY = 3;
/** A run stops by itself after five minutes and says what is left. */
const RUN_MS = 300_000;
/** A hit waits so long for D1 to tell of purges, and no longer: a batch must not take more. */
const BATCH_MS = 300;
/** Together they ask fifty times a second, as long as nothing holds them up. */
const READERS = 5;
const ASK_EVERY_MS = (1_000 * READERS) / WRITES_A_SECOND;

/** One hour: what came, and the cron's run at its end. */
interface Hour {
  readonly arrived: number;
  readonly auditCleared: number;
  readonly entriesCleared: number;
  readonly left: number;
  readonly runMs: number;
  readonly slowestMs: number;
  readonly slowestSql: string;
  readonly statements: number;
  /** Of the reads that were asked beside the run. */
  readonly reads: number;
  readonly slowestReadMs: number;
}

export function keepHouse(): Promise<readonly Finding[]> {
  return Simulation.run({}, async (simulation) => {
    const path = `${simulation.setting.newRepository()}/pulls/1`;
    await simulation.setting.setAnonymousQuota("ample");
    const startedAt = Date.now();
    for (let hour = 0; hour < HOURS; hour++) await arriveAudit(simulation, startedAt - KEPT_MS + hour * HOUR_MS);
    await arriveEntries(simulation, startedAt - HOUR_MS, "before");
    const hours: Hour[] = [];
    for (let hour = 0; hour < HOURS; hour++) {
      const from = startedAt + hour * HOUR_MS;
      await arriveAudit(simulation, from);
      await arriveEntries(simulation, from, `${hour}`);
      await simulation.moveClock(HOUR_MS);
      await simulation.ask(path);
      hours.push(await runBeside(simulation, path));
    }
    return findingsOf(hours);
  });
}

/** An hour's audit rows, evenly, made inside D1. */
async function arriveAudit(simulation: Simulation, from: number): Promise<void> {
  for (let first = 0; first < ROWS_AN_HOUR; first += ROWS_A_STATEMENT) {
    await simulation.sql(`${counting(first, ROWS_A_STATEMENT)}
      INSERT INTO audit_events (pool_id, at, request_id, caller_id, client_name, route_kind, route_key, identity_id, status,
        error_code, fallback_reason, cache, miss_reason, backend, quota_units, upstream_calls, coalesced, revalidated,
        cacheable, duration_ms, detail)
      SELECT '${POOL}', ${from} + i * ${1_000 / WRITES_A_SECOND}, '${from}-' || i, 'caller_' || (i % 40), 'laptop', 'pr_view',
        '/repos/acme/app-' || (i % 50) || '/pulls/{number}', '', 200, '', '', 'hit', '', '', 0, 0, 0, 0, 1, 3,
        '{"trail":"classify=0 lookup=1"}' FROM n`);
  }
}

/** An hour's entries, each due an hour after it came, with bodies of 2 KB. */
async function arriveEntries(simulation: Simulation, from: number, name: string): Promise<void> {
  for (let first = 0; first < ROWS_AN_HOUR; first += ROWS_A_STATEMENT) {
    const rows = counting(first, ROWS_A_STATEMENT);
    await simulation.sql(
      `${rows} INSERT INTO github_cache_entries (cache_key, pool_id, route_kind, scope, path, query, status, headers,
        encoding, body_bytes, stored_bytes, content_hash, backend, fetched_at, fresh_until, stale_until, swr_until,
        generations, fence, body)
      SELECT 'h${name}-' || i, '${POOL}', 'pr_view', 'acme/app-' || (i % 50), '/repos/acme/app/pulls/' || i, '', 200, '{}',
        'json', 6000, 2000, 'hash-' || i, 'identity', ${from}, ${from}, ${from} + i * ${1_000 / WRITES_A_SECOND} + ${HOUR_MS},
        ${from}, '{}', i, hex(randomblob(1000)) FROM n`,
      `${rows} INSERT INTO cache_entry_keys (surrogate_key, cache_key, pool_id)
      SELECT 'key-' || keys.value || ':acme/app-' || (i % 50), 'h${name}-' || i, '${POOL}'
      FROM n CROSS JOIN json_each('${JSON.stringify(Array.from({ length: KEYS_AN_ENTRY }, (_, key) => key))}') AS keys WHERE true`,
    );
  }
}

function counting(from: number, rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + rows - 1})`;
}

/** The cron's run, with fifty reads a second beside it, each of which leaves an audit row. */
async function runBeside(simulation: Simulation, path: string): Promise<Hour> {
  let isOver = false;
  const readers = Array.from({ length: READERS }, () => askSteadily(simulation, path, () => isOver));
  const run = (await simulation.door("sweep", {})) as Pick<
    Hour,
    "runMs" | "slowestMs" | "slowestSql" | "statements"
  > & { readonly report: Readonly<Record<string, { readonly done: number }>>; readonly remaining: number };
  isOver = true;
  const waits = (await Promise.all(readers)).flat();
  return {
    ...run,
    arrived: ROWS_AN_HOUR,
    auditCleared: run.report[`audit_events of ${POOL}`]?.done ?? 0,
    entriesCleared: run.report["github_cache_entries"]?.done ?? 0,
    left: run.remaining,
    reads: waits.length,
    slowestReadMs: Math.max(0, ...waits),
  };
}

/** How long each read took. */
async function askSteadily(simulation: Simulation, path: string, isOver: () => boolean): Promise<readonly number[]> {
  const waits: number[] = [];
  while (!isOver()) {
    const ms = await msOf(() => simulation.ask(path));
    waits.push(ms);
    await sleep(Math.max(0, ASK_EVERY_MS - ms));
  }
  return waits;
}

async function msOf(work: () => Promise<{ readonly status: number; readonly text: string }>): Promise<number> {
  const began = performance.now();
  const { status, text } = await work();
  if (status !== 200) throw new Error(`a read beside the sweep answered ${status}: ${text.slice(0, 200)}`);
  return performance.now() - began;
}

function findingsOf(hours: readonly Hour[]): readonly Finding[] {
  const most = (of: (hour: Hour) => number) => Math.max(...hours.map(of));
  // The bench takes time itself, so that an hour's end has moved on a little: what counts is the sum so far.
  const keepsUp = (cleared: (hour: Hour) => number) => {
    let balance = 0;
    return hours.every((hour) => (balance += cleared(hour) - hour.arrived) >= 0 && hour.left === 0);
  };
  const common = { bar: "housekeeping", floor: "", share: "", raw: hours } as const;
  const perRun = `${ROWS_AN_HOUR} come an hour, cleared by each run`;
  return [
    {
      ...common,
      what: `audit rows: ${perRun}`,
      ours: hours.map(({ auditCleared }) => auditCleared).join(", "),
      threshold: "all: keeps up",
      isMet: keepsUp(({ auditCleared }) => auditCleared),
    },
    {
      ...common,
      what: `entries: ${perRun}`,
      ours: hours.map(({ entriesCleared }) => entriesCleared).join(", "),
      threshold: "all: keeps up",
      isMet: keepsUp(({ entriesCleared }) => entriesCleared),
    },
    {
      ...common,
      what: `the longest of ${hours.length} runs`,
      ours: `${(most(({ runMs }) => runMs) / 1000).toFixed(1)} s`,
      threshold: `<= ${RUN_MS / 1000} s`,
      isMet: most(({ runMs }) => runMs) <= RUN_MS,
    },
    {
      ...common,
      what: "the longest batch at D1",
      ours: inMs(most(({ slowestMs }) => slowestMs)),
      threshold: `<= ${BATCH_MS} ms`,
      isMet: most(({ slowestMs }) => slowestMs) <= BATCH_MS,
    },
    {
      ...common,
      what: `the longest of ${hours.reduce((sum, { reads }) => sum + reads, 0)} reads beside the runs`,
      ours: inMs(most(({ slowestReadMs }) => slowestReadMs)),
      threshold: "<= 1000 ms",
      isMet: most(({ slowestReadMs }) => slowestReadMs) <= 1_000,
    },
  ];
}
