import { describe, expect, it } from "vitest";
import { bytes, count, countdown, duration, exact, latency, percent, relative } from "../../../web/ui/format.ts";

const THIN = "\u202f";
const HOUR = 3_600_000;

it.each([
  [0, "0"],
  [999, "999"],
  [18432, `18${THIN}432`],
  [1234567.4, `1${THIN}234${THIN}567`],
  [-5000, `−5${THIN}000`],
  [-0.2, "0"],
])("counts %d as %s", (value, text) => {
  expect(count(value)).toBe(text);
});

it.each([
  [null, "–"],
  [0, `<1${THIN}ms`],
  [1.4, `1.4${THIN}ms`],
  [6, `6${THIN}ms`],
  [312, `312${THIN}ms`],
  [1250, `1.25${THIN}s`],
  [3000, `3${THIN}s`],
])("says %s ms as %s", (value, text) => {
  expect(latency(value)).toBe(text);
});

it.each([
  [4_000, "4 s"],
  [130_000, "2 m 10 s"],
  [HOUR, "1 h"],
  [3 * HOUR + 300_000, "3 h 5 m"],
  [12 * 24 * HOUR + 4 * HOUR, "12 d 4 h"],
])("says %d ms as %s", (value, text) => {
  expect(duration(value)).toBe(text);
});

it.each([
  [169_000, "2:49"],
  [2_612_000, "43:32"],
  [HOUR + 249_000, "1:04:09"],
  [-5, "0:00"],
])("counts %d ms down as %s", (value, text) => {
  expect(countdown(value)).toBe(text);
});

it.each([
  [312, `312${THIN}B`],
  [41_200, `41.2${THIN}KB`],
  [2_000_000, `2${THIN}MB`],
])("sizes %d as %s", (value, text) => {
  expect(bytes(value)).toBe(text);
});

describe("times", () => {
  it.each([
    [-4_000, "4 s ago"],
    [-90_000, "1 m ago"],
    [-26 * HOUR, "1 d ago"],
    [12 * 60_000, "in 12 m"],
    [300, "now"],
  ])("%d ms from now is %s", (distance, text) => {
    expect(relative(1_000_000_000_000 + distance, 1_000_000_000_000)).toBe(text);
  });

  it("are exact in local time and UTC", () => {
    expect(exact(Date.UTC(2026, 5, 15, 13, 7, 32))).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:07:32 local, 2026-06-15 13:07:32 UTC$/,
    );
  });
});

it("a share of nothing is no number", () => {
  expect([percent(null), percent(0.784)]).toEqual(["–", "78.4%"]);
});
