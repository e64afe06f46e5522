import { beforeEach, describe, expect, it } from "vitest";
import { Budgets, type Place } from "../../../server/coordinator/budgets.ts";
import { aBudget, HOUR, MINUTE, NOW, SECOND } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

let clock: FakeClock;
let budgets: Budgets;

beforeEach(() => {
  clock = new FakeClock(NOW);
  budgets = new Budgets(clock);
});

function enter(part: Parameters<typeof aBudget>[0] = {}): Place {
  const entry = budgets.enter(aBudget(part));
  if (entry.kind !== "entered") throw new Error(`refused: ${entry.kind}`);
  return entry.place;
}

describe("places", () => {
  it("are as many as the caller may lead at one time", () => {
    enter({ maxConcurrent: 2 });
    enter({ maxConcurrent: 2 });
    expect(budgets.enter(aBudget({ maxConcurrent: 2 }))).toMatchObject({ kind: "full", retryAt: NOW + SECOND });
  });

  it("of one caller leave those of another alone", () => {
    enter({ maxConcurrent: 1 });
    expect(budgets.enter(aBudget({ callerId: "other", maxConcurrent: 1 }))).toHaveProperty("kind", "entered");
  });

  it("come free when given back, once only", () => {
    const first = enter({ maxConcurrent: 2 });
    enter({ maxConcurrent: 2 });
    first.leave();
    first.leave();
    expect(budgets.enter(aBudget({ maxConcurrent: 2 }))).toHaveProperty("kind", "entered");
    expect(budgets.enter(aBudget({ maxConcurrent: 2 }))).toHaveProperty("kind", "full");
  });

  it("come free by themselves after a minute", async () => {
    enter({ maxConcurrent: 1 });
    await clock.advance(MINUTE - 1);
    expect(budgets.enter(aBudget({ maxConcurrent: 1 }))).toHaveProperty("kind", "full");
    await clock.advance(1);
    expect(budgets.enter(aBudget({ maxConcurrent: 1 }))).toHaveProperty("kind", "entered");
  });

  it("cost no fill of the hour where none is free", async () => {
    const place = enter({ maxConcurrent: 1, fillsPerHour: 2 });
    expect(budgets.enter(aBudget({ maxConcurrent: 1, fillsPerHour: 2 }))).toHaveProperty("kind", "full");
    place.leave();
    expect(budgets.enter(aBudget({ maxConcurrent: 1, fillsPerHour: 2 }))).toHaveProperty("kind", "entered");
  });

  it("are given to one who takes a lost leader's place even where none is free", () => {
    enter({ maxConcurrent: 1 });
    const heir = budgets.enterAnyway(aBudget({ maxConcurrent: 1 }));
    expect(budgets.enter(aBudget({ maxConcurrent: 1 }))).toHaveProperty("kind", "full");
    heir.leave();
    expect(budgets.enter(aBudget({ maxConcurrent: 1 }))).toHaveProperty("kind", "full");
  });

  it("are queued for by a bounded number", () => {
    enter({ maxConcurrent: 1 });
    for (let n = 0; n < 1_000; n += 1) {
      const entry = budgets.enter(aBudget({ maxConcurrent: 1 }));
      if (entry.kind === "full") void entry.queue?.wait(SECOND);
    }
    expect(clock.pending).toBeLessThan(1_000);
    expect(budgets.enter(aBudget({ maxConcurrent: 1 }))).toMatchObject({ kind: "full", queue: null });
  });
});

describe("fills of the hour", () => {
  it("are spent one by one and come back evenly", async () => {
    for (let n = 0; n < 4; n += 1) enter({ fillsPerHour: 4 });
    const retryAt = NOW + HOUR / 4;
    expect(budgets.enter(aBudget({ fillsPerHour: 4 }))).toEqual({ kind: "spent", retryAt });
    await clock.advance(HOUR / 4);
    enter({ fillsPerHour: 4 });
    expect(budgets.enter(aBudget({ fillsPerHour: 4 }))).toEqual({ kind: "spent", retryAt: retryAt + HOUR / 4 });
  });

  it("never add up to more than an hour's", async () => {
    enter({ fillsPerHour: 2 });
    await clock.advance(10 * HOUR);
    enter({ fillsPerHour: 2 });
    enter({ fillsPerHour: 2 });
    expect(budgets.enter(aBudget({ fillsPerHour: 2 }))).toHaveProperty("kind", "spent");
  });

  it("are none where the policy allows none", () => {
    expect(budgets.enter(aBudget({ fillsPerHour: 0 }))).toEqual({ kind: "spent", retryAt: NOW + HOUR });
  });

  it("are refused at the very moment they were announced for no longer", async () => {
    enter({ fillsPerHour: 7 });
    for (let n = 1; n < 7; n += 1) enter({ fillsPerHour: 7 });
    const refused = budgets.enter(aBudget({ fillsPerHour: 7 }));
    if (refused.kind !== "spent") throw new Error("not spent");
    await clock.advance(refused.retryAt - NOW);
    expect(budgets.enter(aBudget({ fillsPerHour: 7 }))).toHaveProperty("kind", "entered");
  });
});

describe("negative proofs of the hour", () => {
  it("are spent apart from fills and from other callers'", async () => {
    expect([1, 2, 3].map(() => budgets.takeNegativeProof("caller", 2))).toEqual([true, true, false]);
    expect(budgets.takeNegativeProof("other", 2)).toBe(true);
    enter({ fillsPerHour: 1 });
    await clock.advance(HOUR / 2);
    expect(budgets.takeNegativeProof("caller", 2)).toBe(true);
  });
});
