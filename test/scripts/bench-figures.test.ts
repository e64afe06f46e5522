import { describe, expect, it } from "vitest";
import { ratio, type Standing } from "../../bench/contest.ts";
import { renderTable, type Finding } from "../../bench/finding.ts";
import { median, percentile } from "../../bench/statistics.ts";

describe("median and percentile", () => {
  it.each([
    { values: [3, 1, 2], middle: 2 },
    { values: [4, 1, 3, 2], middle: 2.5 },
    { values: [7], middle: 7 },
    { values: [], middle: Number.NaN },
  ])("the middle of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });

  it.each([
    { share: 0.5, value: 50 },
    { share: 0.99, value: 99 },
    { share: 0.991, value: 100 },
    { share: 1, value: 100 },
    { share: 0, value: 1 },
  ])("at most $value up to the share $share of a hundred values", ({ share, value }) => {
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => 100 - index),
        share,
      ),
    ).toBe(value);
  });
});

function standing(rates: readonly number[]): Standing {
  const rounds = rates.map((perSecond) => ({ requests: 1, perSecond, p50Ms: 1, p99Ms: 1000 / perSecond, worstMs: 1 }));
  return { perSecond: 0, p99Ms: 0, rounds };
}

describe("ratio", () => {
  it("compares contenders round by round, so that a slow minute of the machine does not count", () => {
    expect(ratio(standing([80, 8, 80]), standing([100, 10, 100]))).toBeCloseTo(0.8);
  });

  it("compares waiting times as well", () => {
    expect(ratio(standing([50, 50, 50]), standing([100, 100, 100]), "p99Ms")).toBeCloseTo(2);
  });
});

const FINDING: Finding = {
  bar: 1,
  what: "a hit",
  ours: "900/s",
  floor: "1000/s",
  share: "90 %",
  threshold: ">= 65 %",
  isMet: true,
  raw: {},
};

describe("the table", () => {
  it("says for each bar what was measured and whether it is met", () => {
    const lines = renderTable([FINDING, { ...FINDING, bar: 12, isMet: false }]).split("\n");
    expect(lines[0]).toBe("bar  what   ours   floor   share  threshold  met");
    expect(lines.slice(2)).toEqual([
      "1    a hit  900/s  1000/s  90 %   >= 65 %    yes",
      "12   a hit  900/s  1000/s  90 %   >= 65 %    NO",
    ]);
  });
});
