import { beforeEach, describe, expect, it } from "vitest";
import { Budgets } from "../../../server/coordinator/budgets.ts";
import { NegativeProofs } from "../../../server/coordinator/negative-proofs.ts";
import type { BeginTurn } from "../../../server/coordinator/protocol.ts";
import { FakeClock } from "./fake-clock.ts";
import { HOUR, NOW, sharedOutcome } from "./builders.ts";

const LEAD: BeginTurn = { kind: "lead", lease: null, selection: { kind: "none", reason: "no_identity" } };
const FOLLOW: BeginTurn = { kind: "follow", outcome: sharedOutcome("public") };
const budget = { callerId: "caller", perHour: 2 };

let clock: FakeClock;
let proofs: NegativeProofs;
beforeEach(() => {
  clock = new FakeClock(NOW);
  proofs = new NegativeProofs(new Budgets(clock));
});

const ask = async (turn: BeginTurn = LEAD, by = budget) => (await proofs.admit(by, clock.now(), async () => turn)).kind;
const found = (isNegative: boolean, isPaid = true) => proofs.settle({ budget, isPaid, isNegative });

describe("questions whether a repository is public", () => {
  it("cost nothing where it is, however many there are", async () => {
    for (let n = 0; n < 10; n += 1) {
      expect(await ask()).toBe("lead");
      found(false);
    }
  });

  it("end with the hour's units where it is not", async () => {
    const kinds = [];
    for (let n = 0; n < 3; n += 1) {
      kinds.push(await ask());
      found(true);
    }
    expect(kinds).toEqual(["lead", "lead", "overloaded"]);
  });

  it("asked at one time hold a unit each, so that a burst is no way around the limit", async () => {
    expect([await ask(), await ask(), await ask()]).toEqual(["lead", "lead", "overloaded"]);
    found(false);
    expect(await ask()).toBe("lead");
  });

  it("that follow another's question cost nothing", async () => {
    for (let n = 0; n < 5; n += 1) expect(await ask(FOLLOW)).toBe("follow");
  });

  it("of a repository that was public a while ago are paid for only if it is not any more", async () => {
    found(false, false);
    expect([await ask(), await ask()]).toEqual(["lead", "lead"]);
    found(true, false);
    await clock.advance(HOUR / 2);
    found(true, false);
    expect(await ask()).toBe("overloaded");
  });

  it("are refused until a unit has come back, and say when", async () => {
    expect([await ask(), await ask()]).toEqual(["lead", "lead"]);
    const turn = await proofs.admit(budget, clock.now(), async () => LEAD);
    if (turn.kind !== "overloaded") throw new Error(turn.kind);
    expect(turn.reason).toBe("negative_proofs_per_hour");
    await clock.advance(turn.retryAt - NOW);
    expect(await ask()).toBe("lead");
  });

  it("of one caller leave another's hour alone, and none are asked with a limit of nothing", async () => {
    expect([await ask(), await ask(), await ask()].at(-1)).toBe("overloaded");
    expect(await ask(LEAD, { callerId: "other", perHour: 2 })).toBe("lead");
    expect(await ask(LEAD, { callerId: "third", perHour: 0 })).toBe("overloaded");
  });

  it("that nobody has to pay for are let through", async () => {
    expect(await proofs.admit(undefined, clock.now(), async () => LEAD)).toBe(LEAD);
  });
});
