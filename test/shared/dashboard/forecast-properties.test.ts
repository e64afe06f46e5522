/** Of whatever the coordinator has read: a forecast's range is one, and a pool's end is that of a plain simulation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Budget,
  burnRange,
  forecast,
  identitiesShort,
  poolEmptyAt,
  type Reading,
} from "../../../shared/dashboard/forecast.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const SECOND = 1_000;
const HOUR = 3_600_000;

/** Windows of an hour and of a minute; resets passed, due and further off than a window; more used than there was. */
const readings: fc.Arbitrary<Reading> = fc
  .record({
    limit: fc.integer({ min: 0, max: 15_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    used: fc.integer({ min: 0, max: 16_000 }),
    reset: fc.integer({ min: -HOUR, max: 2 * HOUR }),
    burnPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true })),
    windowMs: fc.constantFrom(60_000, HOUR),
  })
  .map(({ part, reset, limit, ...rest }) => {
    return { ...rest, limit, remaining: Math.floor(part * limit), resetAt: NOW + reset };
  });

describe("a forecast", () => {
  it("is a range: what is slower is slower, and empties later or not at all", () => {
    fc.assert(
      fc.property(readings, (reading) => {
        const { burnFrom, burnTo, emptyFrom, emptyTo } = forecast(reading, NOW);
        expect(burnFrom).toBeGreaterThanOrEqual(0);
        expect(burnTo).toBeGreaterThanOrEqual(burnFrom);
        expect(emptyTo ?? Infinity).toBeGreaterThanOrEqual(emptyFrom ?? Infinity);
      }),
    );
  });

  it("tells no end that is past, and none past the reset", () => {
    fc.assert(
      fc.property(readings, (reading) => {
        const { emptyFrom, emptyTo } = forecast(reading, NOW);
        for (const at of [emptyFrom, emptyTo]) {
          if (at === null) continue;
          expect(at).toBeGreaterThanOrEqual(NOW);
          expect(at).toBeLessThan(reading.resetAt);
        }
      }),
    );
  });

  it("tells none where nothing is spent of late, and none of a window that is over", () => {
    fc.assert(
      fc.property(readings, (reading) => {
        const left = { ...reading, remaining: Math.max(1, reading.remaining) };
        const still = forecast({ ...left, burnPerSecond: 0 }, NOW);
        expect(still).toEqual({ burnFrom: 0, burnTo: 0, emptyFrom: null, emptyTo: null, goes: 0 });
        const over = forecast({ ...left, resetAt: NOW - 1 }, NOW);
        expect(over).toMatchObject({ emptyFrom: null, emptyTo: null, goes: 0 });
      }),
    );
  });

  it("spends no more than is left, and all of it exactly where it runs dry", () => {
    fc.assert(
      fc.property(readings, (reading) => {
        const { goes, emptyFrom } = forecast(reading, NOW);
        expect(goes).toBeGreaterThanOrEqual(0);
        expect(goes).toBeLessThanOrEqual(reading.remaining);
        expect(goes).toBeCloseTo(emptyFrom === null ? goes : reading.remaining);
      }),
    );
  });

  it("comes sooner the faster it burns", () => {
    fc.assert(
      fc.property(readings, fc.double({ min: 1, max: 4, noNaN: true }), (reading, times) => {
        const faster = { ...reading, burnPerSecond: reading.burnPerSecond * times };
        const [one, other] = [forecast(reading, NOW), forecast(faster, NOW)];
        expect(other.emptyFrom ?? Infinity).toBeLessThanOrEqual(one.emptyFrom ?? Infinity);
        expect(other.emptyTo ?? Infinity).toBeLessThanOrEqual(one.emptyTo ?? Infinity);
      }),
    );
  });
});

const budgets: fc.Arbitrary<readonly Budget[]> = fc.array(
  fc
    .record({
      limit: fc.integer({ min: 1, max: 6_000 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      seconds: fc.integer({ min: 1, max: 3_600 }),
    })
    .map(({ limit, part, seconds }) => {
      return { limit, remaining: Math.floor(part * limit), resetAt: NOW + seconds * SECOND };
    }),
  { minLength: 1, maxLength: 5 },
);
const rates = fc.double({ min: 0.05, max: 20, noNaN: true });

/** Second by second for an hour, spending first what is whole again first. */
function simulated(given: readonly Budget[], perSecond: number): number | null {
  const left = given.map((budget) => ({ ...budget }));
  for (let second = 0; second < 3_600; second += 1) {
    const now = NOW + second * SECOND;
    for (const budget of left)
      if (budget.resetAt <= now) Object.assign(budget, { remaining: budget.limit, resetAt: Infinity });
    let needed = perSecond;
    for (const budget of left.toSorted((one, other) => one.resetAt - other.resetAt)) {
      const spent = Math.min(needed, budget.remaining);
      budget.remaining -= spent;
      needed -= spent;
    }
    if (needed > 1e-6) return now + SECOND * (1 - needed / perSecond);
  }
  return null;
}

describe("a pool's end", () => {
  it("is that of a simulation second by second", () => {
    fc.assert(
      fc.property(budgets, rates, (given, perSecond) => {
        const [told, truth] = [poolEmptyAt(given, perSecond, NOW), simulated(given, perSecond)];
        // Rounding decides where the last unit goes with the last second.
        const byRounding = (told ?? truth ?? NOW + HOUR) > NOW + HOUR - 2 * SECOND;
        expect(told === null || truth === null ? byRounding : Math.abs(told - truth) <= 2).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("comes no sooner at a slower rate, lies within the hour, and is put off by one more identity", () => {
    fc.assert(
      fc.property(budgets, rates, fc.double({ min: 0.01, max: 1, noNaN: true }), (given, fast, part) => {
        const end = poolEmptyAt(given, fast, NOW);
        const slower = poolEmptyAt(given, fast * part, NOW) ?? Infinity;
        expect(slower).toBeGreaterThanOrEqual((end ?? Infinity) - 1);
        expect(end ?? NOW).toBeGreaterThanOrEqual(NOW);
        expect(end ?? NOW).toBeLessThanOrEqual(NOW + HOUR);
        const joined = [...given, { limit: 5_000, remaining: 5_000, resetAt: NOW + HOUR }];
        expect(poolEmptyAt(joined, fast, NOW) ?? Infinity).toBeGreaterThanOrEqual((end ?? Infinity) - 1);
      }),
    );
  });

  it("is averted by as many identities as are said to be short, and by none fewer", () => {
    fc.assert(
      fc.property(budgets, rates, (given, perSecond) => {
        const short = identitiesShort(given, perSecond, NOW);
        const withMore = (more: number) =>
          poolEmptyAt(
            [
              ...given,
              ...Array.from({ length: more }, () => ({ limit: 5_000, remaining: 5_000, resetAt: NOW + HOUR })),
            ],
            perSecond,
            NOW,
          );
        expect(withMore(short)).toBeNull();
        expect(short > 0 && withMore(short - 1) === null).toBe(false);
      }),
    );
  });

  it("is nothing that a still pool with a unit left has", () => {
    fc.assert(
      fc.property(budgets, (given) => {
        const [first, ...rest] = given;
        if (first === undefined) return;
        expect(poolEmptyAt([{ ...first, remaining: 1 }, ...rest], 0, NOW)).toBeNull();
      }),
    );
  });
});

it("the burn of an identity is nothing below what an average can tell", () => {
  fc.assert(
    fc.property(readings, (reading) => {
      expect(burnRange({ ...reading, burnPerSecond: 0.001 }, NOW)).toEqual({ slow: 0, fast: 0 });
    }),
  );
});
