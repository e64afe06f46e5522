/** What the hourly sweep gets through: bounded batches, bounded runs, and fifty writes a second. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { BATCH_ROWS, sweep } from "../../server/scheduled.ts";
import { openDb } from "../../server/store/db.ts";
import { listRuns } from "../../server/store/housekeeping.ts";
import { saveLogin } from "../../server/store/logins.ts";
import { aLogin, anAct, countRows, DAY, HOUR, NOON, theDb } from "./store/rows.ts";

const poolId = "maintainers";
const PATIENCE_MS = 120_000;
const run = (now: number, db = theDb()) => sweep({ db, bucket: env.ACTIONS_LOGS, now: () => now }, now);

describe("an hourly sweep of many rows", { timeout: PATIENCE_MS }, () => {
  it("keeps up with fifty writes a second: an hour of them goes in one run, in bounded batches", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    const anHour = 50 * 3_600;
    await dueAuditRows(anHour);
    await dueEntries(anHour);
    const { db, largest } = overheardDb();
    await run(NOON, db);
    expect([await countRows("audit_events"), await countRows("github_cache_entries")]).toEqual([0, 0]);
    expect(await countRows("cache_entry_keys")).toBe(0);
    expect(largest()).toBeLessThanOrEqual(BATCH_ROWS);
    const [last] = await listRuns(theDb(), 1);
    expect(last).toMatchObject({ remaining: 0, failed: 0 });
    expect(last?.report[`audit_events of ${poolId}`]).toEqual({ done: anHour, remaining: 0 });
    expect(last?.report["github_cache_entries"]).toEqual({ done: anHour, remaining: 0 });
  });

  it("lets others have their turn between two batches", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await dueAuditRows(3 * BATCH_ROWS);
    const order: string[] = [];
    const others: Promise<unknown>[] = [];
    const { db } = overheardDb(() => {
      order.push("batch");
      others.push(scheduler.wait(1).then(() => order.push("another")));
    });
    await run(NOON, db);
    await Promise.all(others);
    expect(order).toEqual(["batch", "another", "batch", "another", "batch", "another"]);
  });

  it("says what is left when its time is over, and goes on there an hour later", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await dueAuditRows(5 * BATCH_ROWS);
    // Two minutes pass with each batch: the run's five are over after the third.
    let elapsed = 0;
    const slow = overheardDb(() => (elapsed += 2 * 60_000));
    await sweep({ db: slow.db, bucket: env.ACTIONS_LOGS, now: () => NOON + elapsed }, NOON);
    const [first] = await listRuns(theDb(), 1);
    const left = await countRows("audit_events");
    expect(left).toBe(2 * BATCH_ROWS);
    expect(first).toMatchObject({ remaining: left, failed: 0 });
    await run(NOON + HOUR);
    expect(await countRows("audit_events")).toBe(0);
    expect((await listRuns(theDb(), 1))[0]).toMatchObject({ remaining: 0 });
  });
});

/** D1 as it is. `largest` is the most rows that one deletion took; `onDeletion` hears of each that took some. */
function overheardDb(onDeletion: () => void = () => undefined) {
  let largest = 0;
  const note = (sql: string, { meta }: D1Result) => {
    if (!/DELETE FROM (audit_events|github_cache_entries) /.test(sql) || meta.changes === 0) return;
    largest = Math.max(largest, meta.changes);
    onDeletion();
  };
  const sqlOf = new WeakMap<object, string>();
  const cover = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const covered = around(statement, {
      bind: (...values: readonly unknown[]) => cover(statement.bind(...values), sql),
      run: async () => {
        const result = await statement.run();
        note(sql, result);
        return result;
      },
    });
    sqlOf.set(covered, sql);
    return covered;
  };
  const d1 = around(env.DB, {
    prepare: (sql: string) => cover(env.DB.prepare(sql), sql),
    batch: async (statements: readonly D1PreparedStatement[]) => {
      const results = await env.DB.batch([...statements]);
      for (const [index, result] of results.entries()) note(sqlOf.get(statements[index] ?? {}) ?? "", result);
      return results;
    },
  });
  return { db: openDb(d1), largest: () => largest };
}

function around<T extends object>(real: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(real, {
    get: (_, name) => {
      if (name in own) return own[name as string];
      const member = Reflect.get(real, name) as unknown;
      return typeof member === "function" ? (member.bind(real) as unknown) : member;
    },
  });
}

function counting(rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`;
}

/** Made inside D1: what they hold does not matter to a sweep. */
async function dueAuditRows(rows: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO audit_events (pool_id, at, request_id, caller_id, client_name, route_kind, route_key, identity_id,
      status, error_code, fallback_reason, cache, miss_reason, backend, quota_units, upstream_calls, coalesced,
      revalidated, cacheable, duration_ms, detail)
    ${counting(rows)} SELECT '${poolId}', ${NOON - 31 * DAY} + i, i, 'gh_101', 'laptop', 'pr_view', 'acme/widget', '',
      200, '', '', 'hit', '', 'web', 0, 0, 0, 0, 1, 3, '{}' FROM n`,
  ).run();
}

async function dueEntries(rows: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO github_cache_entries (cache_key, pool_id, route_kind, scope, path, query, status, headers, encoding,
        body_bytes, stored_bytes, content_hash, backend, fetched_at, fresh_until, stale_until, swr_until, generations,
        fence, body)
      ${counting(rows)} SELECT 'k' || i, '${poolId}', 'pr_view', 'acme/widget', '/x', '', 200, '{}', 'json', 2, 2, 'h',
        'web', 0, 0, ${NOON}, 0, '{}', 1, 'e30=' FROM n`,
    ),
    env.DB.prepare(
      `INSERT INTO cache_entry_keys (surrogate_key, cache_key, pool_id)
      ${counting(rows)} SELECT 'repo:acme/widget', 'k' || i, '${poolId}' FROM n`,
    ),
  ]);
}
