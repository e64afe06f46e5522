import { describe, expect, it } from "vitest";
import { budgetNow, burnNow, emptyAt, isWorthSaving, learnRate, type Rate } from "../../../server/coordinator/rate.ts";
import { aReading, HOUR, MINUTE, NOW, SECOND } from "./builders.ts";

const known: Rate = { ...aReading({ remaining: 4_000 }), readAt: NOW, burnPerSecond: 0 };

describe("a rate reading", () => {
  it.each([
    { name: "with more used in the same window is taken", reading: aReading({ remaining: 3_990 }), taken: true },
    { name: "with less used in the same window came late", reading: aReading({ remaining: 4_100 }), taken: false },
    {
      name: "of the same window whose reset wavers by a second came late as well",
      reading: aReading({ remaining: 4_100, resetAt: known.resetAt + SECOND }),
      taken: false,
    },
    {
      name: "of a later window is taken, though less is used",
      reading: aReading({ remaining: 4_999, resetAt: known.resetAt + HOUR }),
      taken: true,
    },
    {
      name: "of an earlier window came late, though more is used",
      reading: aReading({ remaining: 0, resetAt: known.resetAt - HOUR / 2 }),
      taken: false,
    },
  ])("$name", ({ reading, taken }) => {
    const after = learnRate(known, reading, NOW + SECOND);
    expect(after).toMatchObject(taken ? { ...reading, readAt: NOW + SECOND } : known);
  });
});

describe("a reading is saved", () => {
  const saved = known;
  const soon = (changes: Partial<Rate>): Rate => ({ ...saved, readAt: NOW + 999, ...changes });

  it.each([
    { name: "where none is", rate: soon({}), before: undefined, isSaved: true },
    { name: "not for a unit less in the same second", rate: soon({ remaining: 3_999 }), before: saved, isSaved: false },
    { name: "after a second", rate: soon({ readAt: NOW + SECOND, remaining: 3_999 }), before: saved, isSaved: true },
    { name: "with a hundredth of its limit less", rate: soon({ remaining: 3_950 }), before: saved, isSaved: true },
    {
      name: "with nothing left",
      rate: soon({ remaining: 0, limit: 5_000 }),
      before: soon({ remaining: 3 }),
      isSaved: true,
    },
    {
      name: "not again with nothing left",
      rate: soon({ remaining: 0 }),
      before: soon({ remaining: 0 }),
      isSaved: false,
    },
    { name: "of another window", rate: soon({ resetAt: saved.resetAt + HOUR }), before: saved, isSaved: true },
    {
      name: "not for a reset that wavers",
      rate: soon({ resetAt: saved.resetAt + SECOND }),
      before: saved,
      isSaved: false,
    },
    { name: "with another limit", rate: soon({ limit: 12_500 }), before: saved, isSaved: true },
    {
      name: "with each unit of a small limit",
      rate: soon({ limit: 30, remaining: 28 }),
      before: soon({ limit: 30, remaining: 29 }),
      isSaved: true,
    },
  ])("$name", ({ rate, before, isSaved }) => {
    expect(isWorthSaving(rate, before)).toBe(isSaved);
  });
});

/** Readings every ten seconds for as long as told, at a steady pace. */
function spending(perSecond: number, forMs: number, from = known): Rate {
  let rate = from;
  for (let at = 10 * SECOND; at <= forMs; at += 10 * SECOND) {
    const used = from.used + (perSecond * at) / SECOND;
    rate = learnRate(rate, { ...from, used, remaining: from.limit - used }, NOW + at);
  }
  return rate;
}

describe("the burn rate", () => {
  it("says nothing after a single reading", () => {
    expect(learnRate(undefined, aReading(), NOW).burnPerSecond).toBe(0);
  });

  it("comes close to a steady pace", () => {
    expect(spending(2, 25 * MINUTE).burnPerSecond).toBeCloseTo(2, 1);
  });

  it("fades while nothing is read", () => {
    const rate = { ...known, burnPerSecond: 2 };
    expect(burnNow(rate, NOW + 5 * MINUTE)).toBeCloseTo(2 / Math.E);
  });

  it("stays finite when readings arrive in one millisecond", () => {
    const rate = learnRate(known, aReading({ remaining: 3_700 }), NOW);
    expect(rate.burnPerSecond).toBeCloseTo(1);
  });

  it("counts the first reading of a new window as spent since the last one", () => {
    const next = aReading({ remaining: 4_700, resetAt: known.resetAt + HOUR });
    expect(learnRate(known, next, NOW).burnPerSecond).toBeCloseTo(1);
  });
});

describe("emptyAt", () => {
  it.each([
    { name: "is when the pace has spent the rest", rate: { remaining: 600, burnPerSecond: 1 }, at: NOW + 10 * MINUTE },
    { name: "is never where the reset comes first", rate: { remaining: 4_000, burnPerSecond: 1 }, at: null },
    { name: "is never without a pace", rate: { remaining: 600, burnPerSecond: 0 }, at: null },
    { name: "is the reading that found nothing left", rate: { remaining: 0, burnPerSecond: 0 }, at: NOW },
    { name: "is never once the reset has passed", rate: { remaining: 0, resetAt: NOW - 1 }, at: null },
  ])("$name", ({ rate, at }) => {
    expect(emptyAt({ ...known, ...rate }, NOW)).toBe(at);
  });
});

describe("budgetNow", () => {
  it.each([
    { name: "5,000 of core for a PAT", kind: "pat", resource: "core", limit: 5_000, windowMs: HOUR },
    { name: "5,000 of core for an installation", kind: "github_app", resource: "core", limit: 5_000, windowMs: HOUR },
    { name: "30 a minute of search", kind: "pat", resource: "search", limit: 30, windowMs: MINUTE },
    { name: "10 a minute of code search", kind: "pat", resource: "code_search", limit: 10, windowMs: MINUTE },
    { name: "5,000 points of GraphQL", kind: "github_app", resource: "graphql", limit: 5_000, windowMs: HOUR },
  ] as const)("believes in $name where nothing is known", ({ kind, resource, limit, windowMs }) => {
    expect(budgetNow(undefined, kind, resource, NOW)).toEqual({ limit, remaining: limit, resetAt: NOW + windowMs });
  });

  it("is what was read, until the reset", () => {
    const { limit, remaining, resetAt } = known;
    expect(budgetNow(known, "pat", "core", resetAt - 1)).toEqual({ limit, remaining, resetAt });
    expect(budgetNow(known, "pat", "core", resetAt)).toEqual({ limit, remaining: limit, resetAt: resetAt + HOUR });
  });
});
