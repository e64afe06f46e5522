import { describe, expect, it } from "vitest";
import type { AuditRow } from "../../../server/store/audit.ts";
import {
  COUNT_COLUMNS,
  countsOf,
  dayOf,
  hourOf,
  outcomeOf,
  sumHourly,
  sumRoutes,
} from "../../../server/store/usage.ts";

const ROW: AuditRow = {
  requestId: "r",
  at: 3_600_000 * 5 + 7,
  poolId: "p",
  callerId: "c",
  clientName: "n",
  routeKind: "pr_view",
  routeKey: "/repos/acme/widget/pulls/{number}",
  status: 200,
  cache: "miss",
  quotaUnits: 1,
  upstreamCalls: 1,
  coalesced: false,
  revalidated: false,
  cacheable: true,
  durationMs: 12.6,
  trail: "",
};

const counted = (changes: Partial<AuditRow>) =>
  Object.fromEntries(countsOf({ ...ROW, ...changes }).map((count, index) => [COUNT_COLUMNS[index] ?? "", count]));

describe("what a request counts as", () => {
  it.each([
    { name: "a charged miss", changes: {}, counts: { eligible: 1, saved: 0, backend_requests: 1, quota_units: 1 } },
    {
      name: "a follower",
      changes: { coalesced: true, quotaUnits: 0, upstreamCalls: 0 },
      counts: { saved: 1, coalesced: 1, backend_requests: 0 },
    },
    {
      name: "a free revalidation",
      changes: { cache: "hit", revalidated: true, quotaUnits: 0 } as const,
      counts: { saved: 1, revalidated: 1, eligible: 1 },
    },
    {
      name: "a hit whose visibility proof was charged",
      changes: { cache: "hit", quotaUnits: 1 } as const,
      counts: { saved: 0, eligible: 1 },
    },
    {
      name: "a bypass",
      changes: { cache: "bypass", cacheable: false } as const,
      counts: { eligible: 0, cacheable: 0 },
    },
    { name: "GitHub's own 404", changes: { status: 404 }, counts: { errors: 0, service_errors: 0 } },
    {
      name: "a fallback",
      changes: {
        cache: "unknown",
        errorCode: "owner_denied",
        fallbackReason: "owner_denied",
        status: 424,
        quotaUnits: 0,
      } as const,
      counts: { fallbacks: 1, errors: 0, saved: 0, eligible: 0 },
    },
    {
      name: "a refusal",
      changes: { cache: "unknown", errorCode: "method_denied", status: 403, quotaUnits: 0 } as const,
      counts: { errors: 1, service_errors: 0, saved: 0 },
    },
    {
      name: "a failure of ours",
      changes: { cache: "unknown", errorCode: "internal_error", status: 500 } as const,
      counts: { errors: 1, service_errors: 1 },
    },
  ])("$name", ({ changes, counts }) => {
    expect(counted(changes)).toMatchObject({ requests: 1, ...counts });
  });

  it("is named by its outcome", () => {
    expect(outcomeOf(ROW)).toBe("ok");
    expect(outcomeOf({ ...ROW, errorCode: "internal_error" })).toBe("error:internal_error");
    expect(outcomeOf({ ...ROW, errorCode: "fallback_local", fallbackReason: "owner_denied" })).toBe(
      "fallback:owner_denied",
    );
  });
});

describe("rollups", () => {
  it("join rows that differ in nothing they are split by, and keep the rest apart", () => {
    const rows = [
      ROW,
      { ...ROW, at: ROW.at + 5 },
      { ...ROW, identityId: "pat_alice" },
      { ...ROW, missReason: "expired" as const },
    ];
    expect(sumHourly(rows)).toHaveLength(2);
    expect(sumRoutes(rows)).toHaveLength(2);
    const [first] = sumHourly(rows);
    expect(first?.slice(0, 10)).toEqual(["p", 3_600_000 * 5, "c", "n", "pr_view", "miss", "", "", "ok", 3]);
    expect(first?.[9 + COUNT_COLUMNS.indexOf("last_seen")]).toBe(ROW.at + 5);
    expect(first?.[9 + COUNT_COLUMNS.indexOf("duration_ms")]).toBe(39);
  });

  it("begin on the hour and the day in UTC", () => {
    expect(new Date(hourOf(Date.UTC(2026, 1, 3, 4, 59, 59, 999))).toISOString()).toBe("2026-02-03T04:00:00.000Z");
    expect(new Date(dayOf(Date.UTC(2026, 1, 3, 4, 59))).toISOString()).toBe("2026-02-03T00:00:00.000Z");
  });
});
