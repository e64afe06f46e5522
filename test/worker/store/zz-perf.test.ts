import { env } from "cloudflare:workers";
import { it } from "vitest";
import { statsReport } from "../../../server/http/stats.ts";
import { publishEntry } from "../../../server/store/cache.ts";
import { writeAuditBatch } from "../../../server/store/audit.ts";
import { closeDays } from "../../../server/store/daily.ts";
import { createPool } from "../../../server/store/pools.ts";
import { readUsage } from "../../../server/store/stats.ts";
import { aCacheRow, anAct, anAuditRow, DAY, NOON, POLICY, theDb } from "./rows.ts";
it("perf", async () => {
  const db = theDb(); await createPool(db, "maintainers", POLICY, anAct());
  const caches = ["hit","stale","miss","bypass"] as const;
  const mk = (i: number, at: number) => anAuditRow({ at, callerId: `gh_${100 + (i % 30)}`, clientName: `c${i % 2}`, routeKind: `kind_${i % 14}`, cache: caches[(i * 7) % 4], backend: "github_identity", identityId: `pat_${i % 3}`, requestId: `r${i}`, upstreamCalls: 1 });
  const t0 = Date.now();
  for (let b = 0; b < 100; b++) await writeAuditBatch(db, { isolateId: "p", sequence: b, rows: Array.from({ length: 2000 }, (_, i) => mk(i * 13 + b, NOON - DAY + ((b * 2000 + i) * DAY) / 200000)), lost: 0, at: NOON });
  console.log("seed 200k", Date.now() - t0);
  console.log("rollups", JSON.stringify(await env.DB.prepare("select (select count(*) from usage_hourly) h, (select count(*) from usage_routes_hourly) r").first()));
  for (let d = 1; d < 30; d++) await env.DB.prepare(`INSERT INTO usage_hourly SELECT pool_id, hour - ${d} * 86400000, caller_id, client_name, route_kind, cache, backend, identity_id, outcome, requests, quota_units, coalesced, revalidated, cacheable, eligible, errors, service_errors, fallbacks, saved, backend_requests, last_seen, duration_ms, latency_0, latency_1, latency_2, latency_3, latency_4, latency_5, latency_6, latency_7, latency_8, latency_9 FROM usage_hourly WHERE hour >= ${NOON - DAY} AND hour < ${NOON}`).run();
  for (let i = 0; i < 40; i++) await publishEntry(db, aCacheRow({ cacheKey: `k${i}`, body: "x".repeat(20000) }), []);
  console.log("hourly", JSON.stringify(await env.DB.prepare("select count(*) n from usage_hourly").first()));
  for (const [label, span] of [["24h", DAY], ["7d", 7 * DAY], ["30d", 30 * DAY]] as const) for (let r = 0; r < 3; r++) {
    const t = Date.now();
    const { groups, cache } = await readUsage(db, { poolId: "maintainers", callerId: "gh_101", from: NOON + 1234 - span, now: NOON });
    const t1 = Date.now();
    JSON.stringify(statsReport(groups, cache, { pool: "m", label, seconds: 1, now: NOON, githubLogin: "a", clientName: "c0", clientFilter: undefined }));
    console.log(label, groups.length, t1 - t, Date.now() - t1);
  }
  const tc = Date.now(); await closeDays(db, "maintainers", NOON + 3 * 3600000, 40); console.log("close", Date.now() - tc, JSON.stringify(await env.DB.prepare("select count(*) n from usage_daily").first()));
  for (let r = 0; r < 3; r++) { const t = Date.now(); const { groups } = await readUsage(db, { poolId: "maintainers", callerId: "gh_101", from: NOON + 1234 - 30 * DAY, now: NOON }); console.log("30d closed", groups.length, Date.now() - t); }
}, 200000);
