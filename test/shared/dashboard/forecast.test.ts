import { describe, expect, it } from "vitest";
import { forecast, identitiesShort, poolEmptyAt, type Reading } from "../../../shared/dashboard/forecast.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function aReading(changes: Partial<Reading> = {}): Reading {
  return {
    limit: 5000,
    remaining: 3000,
    used: 2000,
    resetAt: NOW + 30 * MINUTE,
    burnPerSecond: 2,
    windowMs: HOUR,
    ...changes,
  };
}

describe("forecast", () => {
  it("is a range about the burn of late and that of the window", () => {
    // 2,000 in 30 minutes are 67 a minute; of late it is 120.
    const { burnFrom, burnTo, emptyFrom, emptyTo } = forecast(aReading(), NOW);
    expect(burnFrom).toBeCloseTo((2000 / 30) * 0.85);
    expect(burnTo).toBeCloseTo(120 * 1.15);
    expect(emptyFrom).toBeCloseTo(NOW + (3000 / 138) * MINUTE, -2);
    expect(emptyTo).toBeNull(); // the slower guess lasts until the reset
  });

  it.each([
    { name: "lasts while nothing is spent of late", reading: { burnPerSecond: 0 } },
    { name: "lasts where the reset comes first", reading: { burnPerSecond: 0.5, used: 100, remaining: 4900 } },
    { name: "says nothing past its reset", reading: { resetAt: NOW - 1 } },
  ])("$name", ({ reading }) => {
    expect(forecast(aReading(reading), NOW)).toMatchObject({ emptyFrom: null, emptyTo: null });
  });

  it("of an empty budget is now", () => {
    expect(forecast(aReading({ remaining: 0, used: 5000 }), NOW)).toMatchObject({
      emptyFrom: NOW,
      emptyTo: NOW,
      goes: 0,
    });
  });

  it("trusts the burn of late alone in a window's first minutes", () => {
    const early = aReading({ resetAt: NOW + HOUR - MINUTE, used: 1, remaining: 4999, burnPerSecond: 1 });
    const { burnFrom, burnTo } = forecast(early, NOW);
    expect([burnFrom, burnTo]).toEqual([expect.closeTo(51), expect.closeTo(69)]);
  });

  it("never spends more than is left", () => {
    expect(forecast(aReading({ burnPerSecond: 50 }), NOW).goes).toBe(3000);
  });
});

describe("poolEmptyAt", () => {
  const budget = (remaining: number, minutes: number, limit = 5000) => ({
    limit,
    remaining,
    resetAt: NOW + minutes * MINUTE,
  });

  it.each([
    { name: "together they last the hour", budgets: [budget(4000, 60), budget(4000, 60)], perSecond: 2, at: null },
    {
      name: "together they are spent",
      budgets: [budget(300, 60), budget(300, 60)],
      perSecond: 1,
      at: NOW + 10 * MINUTE,
    },
    { name: "a reset in time saves them", budgets: [budget(300, 4), budget(300, 60)], perSecond: 1, at: null },
    {
      name: "a reset too late does not",
      budgets: [budget(300, 20), budget(300, 60)],
      perSecond: 1,
      at: NOW + 10 * MINUTE,
    },
    {
      name: "what was renewed is spent after what ends sooner",
      budgets: [budget(0, 5, 4000), budget(2000, 100 / 3, 2000)],
      perSecond: 2,
      at: null,
    },
    { name: "there is nothing", budgets: [budget(0, 30)], perSecond: 0, at: NOW },
    { name: "nothing is spent", budgets: [budget(10, 30)], perSecond: 0, at: null },
  ])("$name", ({ budgets, perSecond, at }) => {
    expect(poolEmptyAt(budgets, perSecond, NOW)).toBe(at);
  });

  it("leaves the budgets as they were", () => {
    const budgets = [budget(300, 20)];
    poolEmptyAt(budgets, 5, NOW);
    expect(budgets).toEqual([budget(300, 20)]);
  });

  it("says how many identities would have to join", () => {
    expect(identitiesShort([budget(600, 60)], 1, NOW)).toBe(1);
    expect(identitiesShort([budget(600, 60)], 3, NOW)).toBe(3);
    expect(identitiesShort([budget(4000, 60)], 1, NOW)).toBe(0);
  });
});
