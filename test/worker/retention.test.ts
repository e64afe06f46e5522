/**
 * Five weeks of a small team, by a clock of their own: rows of every table arrive every twelve hours, the sweep runs after
 * them, and no table holds at any time what it promised to forget. A table without a promise fails here.
 */
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { sweep } from "../../server/scheduled.ts";
import { saveAnonymousRate } from "../../server/store/anonymous-rates.ts";
import { writeAuditBatch } from "../../server/store/audit.ts";
import { publishEntry } from "../../server/store/cache.ts";
import { bumpGenerations } from "../../server/store/generations.ts";
import { putIdentity } from "../../server/store/identities.ts";
import { revokeClient, saveLogin } from "../../server/store/logins.ts";
import { startSession } from "../../server/store/sessions.ts";
import { saveProof } from "../../server/store/visibility.ts";
import { recordDelivery, saveCoverage } from "../../server/store/webhooks.ts";
import {
  aCacheRow,
  aLogin,
  aMember,
  anAct,
  anAuditRow,
  anIdentityPut,
  countRows,
  DAY,
  HOUR,
  NOON,
  POLICY,
  theDb,
} from "./store/rows.ts";

const EVERY = 12 * HOUR;
const DAYS = 36;
const ROWS = 12;

/** How long after its moment a row may still be there, or why it is kept. Sweeps come every EVERY. */
const PROMISES: Readonly<Record<string, { readonly column: string; readonly keptMs: number } | "kept">> = {
  audit_events: { column: "at", keptMs: 30 * DAY },
  audit_batches: { column: "at", keptMs: 30 * DAY },
  usage_hourly: { column: "hour", keptMs: 400 * DAY },
  usage_routes_hourly: { column: "hour", keptMs: 400 * DAY },
  usage_daily: { column: "day", keptMs: 400 * DAY },
  usage_kinds: { column: "until", keptMs: 64 * DAY },
  usage_callers: { column: "until", keptMs: 34 * DAY },
  usage_patterns: { column: "until", keptMs: 34 * DAY },
  github_cache_entries: { column: "stale_until", keptMs: 0 },
  cache_generations: { column: "bumped_at", keptMs: 30 * DAY },
  webhook_deliveries: { column: "received_at", keptMs: DAY },
  web_sessions: { column: "expires_at", keptMs: 0 },
  caller_tokens: { column: "revoked_at", keptMs: 30 * DAY },
  github_public_repos: { column: "expires_at", keptMs: DAY },
  github_public_api_rates: { column: "reset_at", keptMs: DAY },
  housekeeping_runs: { column: "started_at", keptMs: 30 * DAY },
  // Goes with its entry; judged apart.
  cache_entry_keys: "kept",
  // Few, and an operator's.
  pools: "kept",
  callers: "kept",
  caller_pools: "kept",
  identities: "kept",
  identity_scopes: "kept",
  admin_events: "kept",
  repo_coverage: "kept",
};

afterEach(() => vi.restoreAllMocks());

async function arrive(now: number, step: number): Promise<void> {
  const db = theDb();
  const act = anAct({ at: now });
  const clientName = `client-${step % 8}`;
  await saveLogin(db, aLogin({ clientName, tokenHash: `hash-${step}` }), act);
  if (step % 2 === 1) await revokeClient(db, { poolId: "maintainers", callerId: "gh_101", clientName }, act);
  const rows = Array.from({ length: ROWS }, (_, at) => anAuditRow({ at: now + at, requestId: `r${step}-${at}` }));
  await writeAuditBatch(db, { isolateId: "i", sequence: step + 1, rows, lost: 0, at: now });
  for (let at = 0; at < 3; at += 1) {
    const row = aCacheRow({
      cacheKey: `k${step}-${at}`,
      fetchedAt: now,
      freshUntil: now + HOUR,
      staleUntil: now + (1 + at * 24) * HOUR,
    });
    await publishEntry(db, row, [`pull:acme/widget#${step}`]);
  }
  await bumpGenerations(db, "maintainers", "acme/widget", [`pull:acme/widget#${step}`], now);
  await recordDelivery(db, {
    deliveryId: `d${step}`,
    event: "push",
    action: "",
    repository: "acme/widget",
    bumped: 1,
    receivedAt: now,
  });
  await startSession(db, { member: aMember(), sessionHash: `s${step}`, at: now, expiresAt: now + 14 * DAY });
  const proof = {
    public: true,
    repositoryId: step,
    fullName: `acme/r${step}`,
    etag: null,
    askedBy: "anonymous",
    checkedAt: now,
    expiresAt: now + HOUR,
  };
  await saveProof(db, { ...proof, owner: "acme", repo: `r${step}` });
  await saveAnonymousRate(db, `colo-${step}`, "core", { limit: 60, remaining: 1, resetAt: now + HOUR, readAt: now });
}

/** By table, how much older than promised its oldest row is; a whole step late is late. */
async function overdue(now: number): Promise<Readonly<Record<string, number>>> {
  const late: Record<string, number> = {};
  for (const [table, promise] of Object.entries(PROMISES)) {
    if (promise === "kept") continue;
    const sql = `SELECT min(${promise.column}) AS oldest FROM ${table} WHERE ${promise.column} IS NOT NULL`;
    const row = await env.DB.prepare(sql).first<{ oldest: number | null }>();
    const age = row?.oldest == null ? 0 : now - row.oldest - promise.keptMs;
    if (age > EVERY) late[table] = age;
  }
  return late;
}

it("keeps every table within its promise, however long it runs", { timeout: 120_000 }, async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // a line for each sweep
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const tables = results.map(({ name }) => name).filter((name) => !/^(sqlite_|d1_)/.test(name));
  expect(tables.toSorted()).toEqual(Object.keys(PROMISES).toSorted());

  await putIdentity(theDb(), anIdentityPut(), POLICY, anAct());
  await saveCoverage(theDb(), { owner: "acme", repo: "widget", source: "repository", events: ["push"] }, NOON);
  const steps = (DAYS * DAY) / EVERY;
  for (let step = 0; step < steps; step += 1) {
    const now = NOON + step * EVERY;
    await arrive(now, step);
    await sweep({ db: theDb(), bucket: env.ACTIONS_LOGS, now: () => now }, now);
    expect({ step, late: await overdue(now) }).toEqual({ step, late: {} });
  }
  const end = NOON + (steps - 1) * EVERY;
  expect(await countRows("audit_events")).toBe(ROWS * ((30 * DAY) / EVERY + 1));
  expect(await countRows("webhook_deliveries")).toBe(DAY / EVERY);
  expect(await countRows("web_sessions")).toBe((14 * DAY) / EVERY);
  expect(await countRows("cache_entry_keys", "cache_key NOT IN (SELECT cache_key FROM github_cache_entries)")).toBe(0);
  expect(await countRows("usage_daily", `day < ${end - DAY}`)).toBeGreaterThan(30);
  expect(await countRows("housekeeping_runs", "failed > 0 OR remaining > 0")).toBe(0);
});
