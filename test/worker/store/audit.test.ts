import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../../server/http/stats.ts";
import { type AuditRow, isRepeatedBatch, listAuditRows, writeAuditBatch } from "../../../server/store/audit.ts";
import { closeDays } from "../../../server/store/daily.ts";
import { createPool } from "../../../server/store/pools.ts";
import { readUsage } from "../../../server/store/stats.ts";
import { anAct, anAuditRow, countRows, DAY, HOUR, NOON, POLICY, theDb } from "./rows.ts";

const poolId = "maintainers";
let sequence = 0;

function write(rows: readonly AuditRow[], lost = 0) {
  sequence += 1;
  return writeAuditBatch(theDb(), { isolateId: "isolate", sequence, rows, lost, at: NOON });
}

/** One of each kind that is counted differently. */
const KINDS: readonly Partial<AuditRow>[] = [
  { cache: "hit" },
  { cache: "hit", revalidated: true, upstreamCalls: 1, backend: "github_identity" },
  { cache: "stale", staleReason: "revalidating" },
  {
    cache: "miss",
    quotaUnits: 1,
    upstreamCalls: 1,
    backend: "github_identity",
    identityId: "pat_alice",
    missReason: "absent",
  },
  { cache: "miss", coalesced: true },
  { cache: "miss", upstreamCalls: 1, backend: "github_web" },
  { cache: "bypass", cacheable: false, quotaUnits: 1, upstreamCalls: 1, backend: "github_identity" },
  { cache: "unknown", cacheable: false, status: 424, errorCode: "route_denied", fallbackReason: "route_denied" },
  { cache: "unknown", cacheable: false, status: 403, errorCode: "method_denied" },
  { cache: "unknown", cacheable: false, status: 500, errorCode: "internal_error" },
  { cache: "miss", status: 404, quotaUnits: 1, upstreamCalls: 1, callerId: "gh_102", clientName: "desk" },
];

describe("an audit batch", () => {
  it("adds its rows to the hourly rollups", async () => {
    await write([anAuditRow(), anAuditRow({ at: NOON + 5, durationMs: 40 }), anAuditRow({ at: NOON + HOUR })]);
    await write([anAuditRow({ at: NOON + 9 })]);
    const { results } = await env.DB.prepare(
      "SELECT hour, requests, last_seen, duration_ms, latency_2, latency_4 FROM usage_hourly ORDER BY hour",
    ).all();
    expect(results).toEqual([
      { hour: NOON, requests: 3, last_seen: NOON + 9, duration_ms: 48, latency_2: 2, latency_4: 1 },
      { hour: NOON + HOUR, requests: 1, last_seen: NOON + HOUR, duration_ms: 4, latency_2: 1, latency_4: 0 },
    ]);
    expect(await countRows("usage_routes_hourly")).toBe(2);
  });

  it("that is repeated fails as a whole and counts nothing twice", async () => {
    const batch = { isolateId: "isolate", sequence: 1, rows: [anAuditRow()], lost: 0, at: NOON };
    await writeAuditBatch(theDb(), batch);
    const error = await writeAuditBatch(theDb(), batch).catch((thrown: unknown) => thrown);
    expect(isRepeatedBatch(error)).toBe(true);
    expect(await countRows("audit_events")).toBe(1);
    const rollup = await env.DB.prepare("SELECT requests FROM usage_hourly").first();
    expect(rollup).toEqual({ requests: 1 });
  });

  it("that fails for another reason is not taken for a repeated one", async () => {
    await env.DB.exec("DROP TABLE audit_batches");
    const error = await write([anAuditRow()]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(isRepeatedBatch(error)).toBe(false);
    expect(await countRows("audit_events")).toBe(0);
  });

  it("tells how many rows were lost before it", async () => {
    await write([], 7);
    expect(await countRows("audit_batches", "lost = 7 AND rows = 0")).toBe(1);
  });

  it("keeps every word of a row, quotes and emoji too", async () => {
    const row = anAuditRow({ clientName: `o'neil "desk"`, trail: "lookup:1;🐙", staleReason: "revalidating" });
    await write([row]);
    const [stored] = await listAuditRows(theDb(), { poolId, from: NOON, to: NOON + 1, limit: 10 });
    expect(stored).toMatchObject({ clientName: row.clientName, identityId: "", cacheable: 1, durationMs: 4 });
    expect(JSON.parse(stored?.detail ?? "")).toEqual({ trail: row.trail, staleReason: "revalidating" });
  });
});

describe("usage", () => {
  const all = { poolId, callerId: "gh_101", now: NOON + 2 * HOUR };

  it("is counted alike from raw rows, from hours and from days", async () => {
    await createPool(theDb(), poolId, POLICY, anAct());
    await write(KINDS.map((kind) => anAuditRow({ ...kind, at: NOON + 1000 })));
    const fromRaw = await readUsage(theDb(), { ...all, from: NOON + 1 });
    const fromHours = await readUsage(theDb(), { ...all, from: NOON });
    await closeDays(theDb(), poolId, NOON + 3 * DAY, 10);
    await env.DB.prepare("DELETE FROM usage_hourly").run();
    const fromDays = await readUsage(theDb(), { ...all, now: NOON + 3 * DAY, from: NOON - 5 * DAY });
    expect(aggregate(fromHours.groups)).toEqual(aggregate(fromRaw.groups));
    expect(aggregate(fromDays.groups)).toEqual(aggregate(fromRaw.groups));
    const key = (group: object) => JSON.stringify(Object.values(group).slice(0, 6));
    const sorted = (groups: readonly object[]) => [...groups].sort((one, other) => (key(one) < key(other) ? -1 : 1));
    expect(sorted(fromHours.groups)).toEqual(sorted(fromRaw.groups));
    expect(sorted(fromDays.groups)).toEqual(sorted(fromRaw.groups));
  });

  it("is honest about what was saved, coalesced and refused", async () => {
    await write(KINDS.map((kind) => anAuditRow(kind)));
    const { groups } = await readUsage(theDb(), { ...all, from: NOON });
    expect(aggregate(groups)).toMatchObject({
      requests: 11,
      errors: 2,
      service_errors: 1,
      fallbacks: 1,
      cache_hits: 2,
      cache_stale: 1,
      cache_misses: 4,
      cache_bypass: 1,
      cache_unknown: 3,
      cacheable_requests: 7,
      eligible_cache_requests: 7,
      eligible_cache_hit_rate: 3 / 7,
      bypass_rate: 1 / 11,
      coalesced: 1,
      // Two hits, the stale answer, the follower and the token-free source.
      saved_github_requests: 5,
      backend_requests: 5,
    });
  });

  it("of a window's first, partial hour is taken from raw rows", async () => {
    await write([anAuditRow({ at: NOON + 10 }), anAuditRow({ at: NOON + 20 }), anAuditRow({ at: NOON + HOUR })]);
    const { groups } = await readUsage(theDb(), { ...all, from: NOON + 15 });
    expect(aggregate(groups).requests).toBe(2);
  });

  it("of other pools and of other callers' clients is not told", async () => {
    await write([anAuditRow({ poolId: "finance" }), anAuditRow({ callerId: "gh_102", clientName: "secret-host" })]);
    const { groups } = await readUsage(theDb(), { ...all, from: NOON });
    expect(groups).toMatchObject([{ mine: 0, client: "", requests: 1 }]);
  });
});

describe("closing days", () => {
  it("sums a day up once it is over and counts the rest from hours", async () => {
    await createPool(theDb(), poolId, POLICY, anAct());
    const days = [0, 1, 2, 3].map((day) => anAuditRow({ at: NOON + day * DAY }));
    await write(days);
    const now = NOON + 3 * DAY;
    expect(await closeDays(theDb(), poolId, now, 1)).toBe(2);
    expect(await closeDays(theDb(), poolId, now, 10)).toBe(0);
    expect(await countRows("usage_daily")).toBe(3);
    const window = { poolId, callerId: "gh_101", now: now + HOUR, from: now - 20 * DAY };
    expect(aggregate((await readUsage(theDb(), window)).groups).requests).toBe(4);
  });

  it("again writes a day anew instead of twice", async () => {
    await createPool(theDb(), poolId, POLICY, anAct());
    await write([anAuditRow()]);
    for (let run = 0; run < 2; run += 1) {
      await closeDays(theDb(), poolId, NOON + 2 * DAY, 10);
      await env.DB.prepare("UPDATE pools SET usage_closed_until = 0").run();
    }
    expect(await env.DB.prepare("SELECT requests FROM usage_daily").all()).toMatchObject({
      results: [{ requests: 1 }],
    });
  });
});
