import { describe, expect, it } from "vitest";
import { NO_COUNTS } from "../../../shared/dashboard/status.ts";
import { niceTop, stacked } from "../../../web/ui/chart-options.ts";

const BUCKETS = [{ at: 60_000, counts: { ...NO_COUNTS, hit: 5, miss: 3, error: 1 }, before: 7 }];

describe("stacked", () => {
  it("draws each status up to its own top, the uppermost first", () => {
    // error, fallback, bypass, miss, stale, revalidated, hit
    const [times, ...series] = stacked(BUCKETS, new Set());
    expect(times).toEqual([60]);
    expect(series.map(([value]) => value)).toEqual([9, 8, 8, 8, 5, 5, 5, 7, 7]);
  });

  it("leaves out what is hidden, and lets the rest down", () => {
    const [, ...series] = stacked(BUCKETS, new Set(["hit"] as const));
    expect(series.map(([value]) => value)).toEqual([4, 3, 3, 3, 0, 0, 0, 7, 7]);
  });

  it("draws no line where nothing was asked before", () => {
    const silent = BUCKETS.map((bucket) => ({ ...bucket, before: 0 }));
    expect(stacked(silent, new Set()).slice(-2)).toEqual([[null], [null]]);
  });
});

it.each([
  [null, 4],
  [3, 4],
  [9, 10],
  [137, 200],
  [400, 400],
  [451, 500],
])("an axis for %s ends at %d", (max, top) => {
  expect(niceTop(max)).toBe(top);
});
