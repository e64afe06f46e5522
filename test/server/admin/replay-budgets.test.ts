import { describe, expect, it } from "vitest";
import { budgetsDiffer, replayBudgets } from "../../../server/admin/replay-budgets.ts";
import type { ReplayFill } from "../../../server/store/replay.ts";
import { defaultPolicy, type Policy } from "../../../shared/policy.ts";

const MINUTE = 60_000;
const policy = (changes: Partial<Policy> = {}): Policy => ({ ...defaultPolicy(["acme"]), ...changes });

const fill = (minute: number, more: Partial<ReplayFill> = {}): ReplayFill => {
  return { callerId: "gh_1", at: minute * MINUTE, durationMs: 1000, fallbackReason: "", spent: "", ...more };
};
const refused = (minute: number, spent: ReplayFill["spent"]) =>
  fill(minute, { fallbackReason: "relay_overloaded", spent });
const replay = (fills: readonly ReplayFill[], after: Partial<Policy>, before: Partial<Policy> = {}) =>
  replayBudgets(fills, { before: policy(before), after: policy(after) });
const told = (fills: readonly ReplayFill[], after: Partial<Policy>, before: Partial<Policy> = {}) =>
  replay(fills, after, before).changes.map(({ rule, effect, callerId, requests }) => [
    rule,
    effect,
    callerId,
    requests,
  ]);

const FILLS = "fills_per_hour_per_caller";
const PLACES = "max_concurrent_per_caller";
const PROOFS = "negative_proofs_per_hour_per_caller";

describe("fills of an hour", () => {
  it.each([
    { name: "as many as there may be", perHour: 3, over: [] },
    { name: "one too many", perHour: 2, over: [[FILLS, "refused", "gh_1", 1]] },
    { name: "none allowed at all", perHour: 0, over: [[FILLS, "refused", "gh_1", 3]] },
    { name: "a budget that grew", perHour: 100_000, over: [] },
  ])("$name", ({ perHour, over }) => {
    const fills = [fill(3), fill(1), fill(2), fill(2, { callerId: "gh_2", fallbackReason: "no_identity" })];
    expect(told(fills, { [FILLS]: perHour })).toEqual(over);
  });

  it("refill evenly", () => {
    expect(told([fill(0), fill(61)], { [FILLS]: 1 })).toEqual([]);
  });

  it("that were refused go on under a larger budget, as far as it reaches", () => {
    const day = [fill(1), fill(1), refused(2, "fills_per_hour"), refused(3, "fills_per_hour")];
    expect(told(day, { [FILLS]: 3 }, { [FILLS]: 2 })).toEqual([[FILLS, "admitted", "gh_1", 1]]);
    expect(told(day, { [FILLS]: 4 }, { [FILLS]: 2 })).toEqual([[FILLS, "admitted", "gh_1", 2]]);
    expect(told(day, { [FILLS]: 2 }, { [FILLS]: 2 })).toEqual([]);
  });
});

describe("places at one time", () => {
  const together = [fill(1), fill(1, { at: MINUTE + 500 }), fill(1, { at: MINUTE + 999 }), fill(2)];

  it("make wait who finds them all taken", () => {
    expect(told(together, { [PLACES]: 2 })).toEqual([[PLACES, "waits", "gh_1", 1]]);
    expect(told(together, { [PLACES]: 3 })).toEqual([]);
  });

  it("that were wanting are there under a larger number", () => {
    const day = [...together.slice(0, 2), { ...refused(1, "concurrency"), at: MINUTE + 600 }];
    expect(told(day, { [PLACES]: 3 }, { [PLACES]: 2 })).toEqual([[PLACES, "admitted", "gh_1", 1]]);
    // A replay begins with nothing taken, so that it may find a place where none was: only an edited budget is told of.
    expect(told(day, { [FILLS]: 700 })).toEqual([]);
  });
});

describe("negative proofs of an hour", () => {
  const hidden = [fill(1, { fallbackReason: "repo_not_public" }), fill(2, { fallbackReason: "repo_not_public" })];

  it("are paid for by requests of what is not public", () => {
    expect(told([...hidden, fill(3)], { [PROOFS]: 1 })).toEqual([[PROOFS, "refused", "gh_1", 1]]);
  });

  it("that were spent are there under a larger budget", () => {
    const day = [...hidden, refused(3, "negative_proofs_per_hour")];
    expect(told(day, { [PROOFS]: 3 }, { [PROOFS]: 2 })).toEqual([[PROOFS, "admitted", "gh_1", 1]]);
  });
});

describe("what cannot be judged", () => {
  const nameless = refused(1, "");

  it("is a refusal that does not say which budget was spent, where one grows", () => {
    const { changes, unjudged } = replay([nameless, nameless], { [FILLS]: 700 });
    expect([changes, unjudged]).toEqual([[], [{ rule: FILLS, why: "unnamed_budget", requests: 2 }]]);
  });

  it("is nothing where none grows", () => {
    expect(replay([nameless], { [FILLS]: 10 }).unjudged).toEqual([]);
  });
});

it.each([
  { after: { [PLACES]: 1 }, differ: true },
  { after: { [FILLS]: 1 }, differ: true },
  { after: { [PROOFS]: 1 }, differ: true },
  { after: { allow_search: true, allowed_owners: [] }, differ: false },
])("budgets are looked at only where one changes: $after", ({ after, differ }) => {
  expect(budgetsDiffer({ before: policy(), after: policy(after) })).toBe(differ);
});
