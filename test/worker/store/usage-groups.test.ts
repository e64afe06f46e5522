/** The dashboard's grouped usage: raw rows and rollups count the same things the same way. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { writeAuditBatch } from "../../../server/store/audit.ts";
import { type UsageWindow, readPatternsBy, readUsageBy } from "../../../server/store/usage-groups.ts";
import { anAuditRow, DAY, HOUR, NOON, theDb } from "./rows.ts";

const poolId = "maintainers";
const now = NOON + 12 * HOUR;
const VARIETY = [
  {},
  { cache: "stale" as const, durationMs: 9 },
  { cache: "miss" as const, quotaUnits: 2, upstreamCalls: 2, missReason: "absent" as const },
  { cache: "bypass" as const, quotaUnits: 1 },
  { revalidated: true, upstreamCalls: 1 },
  { cache: "unknown" as const, errorCode: "fallback_local" as const, fallbackReason: "no_identity", status: 424 },
  { cache: "unknown" as const, errorCode: "invalid_path" as const, status: 400 },
  { routeKind: "meta", routeKey: "/meta", callerId: "gh_7", clientName: "ci" },
];

async function write(at: number): Promise<void> {
  const rows = VARIETY.map((row) => anAuditRow({ at, ...row }));
  await writeAuditBatch(theDb(), { isolateId: "i", sequence: at, rows, lost: 0, at });
}

describe("raw rows and rollups", () => {
  it("agree on every sum", async () => {
    await write(NOON + 1);
    const whole = { poolId, now, from: NOON, to: NOON + HOUR };
    const part = { poolId, now, from: NOON + 1, to: NOON + 2 };
    const usage = (window: UsageWindow) => readUsageBy(theDb(), window, ["caller_id", "route_kind", "outcome"]);
    const patterns = (window: UsageWindow) =>
      readPatternsBy(theDb(), window, ["route_kind", "route_key", "miss_reason", "outcome"]);
    for (const read of [usage, patterns]) {
      const rolled = await read(whole);
      expect(rolled.groups.length).toBeGreaterThan(3);
      const byKey = (groups: readonly { key: unknown }[]) =>
        groups.toSorted((one, other) => (JSON.stringify(one.key) < JSON.stringify(other.key) ? -1 : 1));
      expect(byKey((await read(part)).groups)).toEqual(byKey(rolled.groups));
    }
  });

  it("take the hours that lie whole in the window, and both edges from the rows", async () => {
    for (const at of [NOON - 1, NOON, NOON + HOUR, NOON + 2 * HOUR - 1, NOON + 2 * HOUR]) await write(at);
    const requests = async (from: number, to: number) => {
      const { groups } = await readUsageBy(theDb(), { poolId, now, from, to }, ["route_kind"]);
      return groups.reduce((sum, group) => sum + group.requests, 0) / VARIETY.length;
    };
    expect(await requests(NOON, NOON + 2 * HOUR)).toBe(3);
    expect(await requests(NOON - 1, NOON + 2 * HOUR + 1)).toBe(5);
    expect(await requests(NOON + 1, NOON + HOUR)).toBe(0);
    expect(await requests(NOON + 5, NOON + 10)).toBe(0);
  });

  it("count a beginning whose hour's earlier rows are forgotten by now", async () => {
    const from = NOON + 10;
    for (const at of [from - 1, from + 1]) await write(at);
    await env.DB.prepare("DELETE FROM audit_events WHERE at < ?").bind(from).run();
    const window = { poolId, from, to: from + 30 * DAY, now: from + 30 * DAY };
    const { groups } = await readUsageBy(theDb(), window, ["route_kind"]);
    expect(groups.reduce((sum, group) => sum + group.requests, 0)).toBe(VARIETY.length);
  });
});
