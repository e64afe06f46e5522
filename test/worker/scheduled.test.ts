import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sweep } from "../../server/scheduled.ts";
import { writeAuditBatch } from "../../server/store/audit.ts";
import { publishEntry } from "../../server/store/cache.ts";
import { bumpGenerations } from "../../server/store/generations.ts";
import { listRuns } from "../../server/store/housekeeping.ts";
import { revokeClient, saveLogin } from "../../server/store/logins.ts";
import { startSession } from "../../server/store/sessions.ts";
import { recordDelivery } from "../../server/store/webhooks.ts";
import { BODIES_PREFIX, LOGS_PREFIX } from "../../server/sweep-bucket.ts";
import { aCacheRow, aLogin, aMember, anAct, anAuditRow, countRows, DAY, HOUR, NOON, theDb } from "./store/rows.ts";

const poolId = "maintainers";
const run = (now: number, db = theDb()) => sweep({ db, bucket: env.ACTIONS_LOGS, now: () => now }, now);

describe("the hourly sweep", () => {
  it("deletes entries past their stale end with their keys and keeps the others", async () => {
    await publishEntry(theDb(), aCacheRow({ cacheKey: "old", staleUntil: NOON }), ["repo:acme/widget"]);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "young", staleUntil: NOON + 1 }), ["repo:acme/widget"]);
    await run(NOON);
    expect(await countRows("github_cache_entries")).toBe(1);
    expect(await countRows("cache_entry_keys", "cache_key = 'young'")).toBe(1);
    expect(await countRows("cache_entry_keys")).toBe(1);
  });

  it("deletes an entry's body in R2 only when no other entry names it", async () => {
    const [shared, lone] = [`${BODIES_PREFIX}aa`, `${BODIES_PREFIX}bb`];
    for (const key of [shared, lone]) await env.ACTIONS_LOGS.put(key, "body");
    await publishEntry(theDb(), aCacheRow({ cacheKey: "a", staleUntil: NOON, r2Key: shared }), []);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "b", staleUntil: NOON, r2Key: lone }), []);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "c", staleUntil: NOON + DAY, r2Key: shared }), []);
    await run(NOON);
    expect((await env.ACTIONS_LOGS.list()).objects.map(({ key }) => key)).toEqual([shared]);
  });

  it("finds bodies that no entry names and logs past seven days, wherever its round begins", async () => {
    const now = Date.now();
    for (const key of [`${BODIES_PREFIX}00`, `${BODIES_PREFIX}ff`, `${LOGS_PREFIX}maintainers/x`])
      await env.ACTIONS_LOGS.put(key, "x");
    await run(now + 30 * 60_000);
    expect((await env.ACTIONS_LOGS.list()).objects).toHaveLength(3);
    await run(now + 2 * HOUR);
    expect((await env.ACTIONS_LOGS.list()).objects.map(({ key }) => key)).toEqual([`${LOGS_PREFIX}maintainers/x`]);
    await run(now + 8 * DAY);
    expect((await env.ACTIONS_LOGS.list()).objects).toEqual([]);
  });

  it("forgets audit rows after 30 days and rollups after 400, having summed them up by day", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    const rows = [anAuditRow({ at: NOON - 31 * DAY }), anAuditRow({ at: NOON - 29 * DAY })];
    await writeAuditBatch(theDb(), { isolateId: "i", sequence: 1, rows, lost: 0, at: NOON - 31 * DAY });
    await run(NOON);
    expect(await countRows("audit_events")).toBe(1);
    expect(await countRows("audit_batches")).toBe(0);
    expect(await countRows("usage_hourly")).toBe(2);
    expect(await countRows("usage_daily")).toBe(2);
    await run(NOON + 370 * DAY);
    expect(await countRows("usage_hourly")).toBe(1);
    expect(await countRows("usage_routes_hourly")).toBe(1);
    expect(await countRows("usage_daily")).toBe(1);
  });

  it("forgets deliveries after a day, sessions at their end, revoked tokens and generations after 30 days", async () => {
    await saveLogin(theDb(), aLogin(), anAct());
    await revokeClient(theDb(), { poolId, callerId: "gh_101", clientName: "laptop" }, anAct());
    await saveLogin(theDb(), aLogin({ tokenHash: "live" }), anAct());
    await startSession(theDb(), { member: aMember(), sessionHash: "s", at: NOON, expiresAt: NOON + HOUR });
    await recordDelivery(theDb(), {
      deliveryId: "d",
      event: "push",
      action: "",
      repository: "",
      bumped: 0,
      receivedAt: NOON,
    });
    await bumpGenerations(theDb(), poolId, "acme/widget", ["refs:acme/widget"], NOON);
    await run(NOON + HOUR - 1);
    const counts = () =>
      Promise.all(
        ["web_sessions", "webhook_deliveries", "caller_tokens", "cache_generations"].map((table) => countRows(table)),
      );
    expect(await counts()).toEqual([1, 1, 2, 2]);
    await run(NOON + DAY);
    expect(await counts()).toEqual([0, 0, 2, 2]);
    await run(NOON + 31 * DAY);
    expect(await counts()).toEqual([0, 0, 1, 0]);
    expect(await countRows("caller_tokens", "token_hash = 'live'")).toBe(1);
  });

  it("notes what it did and what is left", async () => {
    await publishEntry(theDb(), aCacheRow({ staleUntil: NOON }), []);
    await run(NOON);
    const [last] = await listRuns(theDb(), 1);
    expect(last).toMatchObject({ startedAt: NOON, remaining: 0, failed: 0 });
    expect(last?.report["github_cache_entries"]).toEqual({ done: 1, remaining: 0 });
  });

  it("goes on with the other tables when one fails, and says so", async () => {
    await publishEntry(theDb(), aCacheRow({ staleUntil: NOON }), []);
    await env.DB.exec("DROP TABLE webhook_deliveries");
    await run(NOON);
    expect(await countRows("github_cache_entries")).toBe(0);
    const [last] = await listRuns(theDb(), 1);
    expect(last?.failed).toBe(1);
  });
});
