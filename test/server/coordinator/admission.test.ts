import { beforeEach, describe, expect, it } from "vitest";
import { Admission } from "../../../server/coordinator/admission.ts";
import type { BeginAsk, BeginTurn, FinishReport } from "../../../server/coordinator/protocol.ts";
import { aBudget, anAsk, anAttempt, aReading, MemoryLedger, MINUTE, NOW, ROUTE, sharedOutcome } from "./builders.ts";
import { FakeClock, settle } from "./fake-clock.ts";

const MAX_IN_FLIGHT = 20;
const bob = { id: "bob", kind: "pat", weight: 100 } as const;
const ada = { id: "ada", kind: "pat", weight: 100 } as const;

let clock: FakeClock;
let ledger: MemoryLedger;
let admission: Admission;

beforeEach(() => {
  clock = new FakeClock(NOW);
  ledger = new MemoryLedger();
  admission = new Admission(clock, ledger, 1);
});

/** Begins, and keeps the turn where it can be looked at without waiting. */
function begin(part: Partial<BeginAsk> = {}): { turn: BeginTurn | null } {
  const seen: { turn: BeginTurn | null } = { turn: null };
  void admission.begin(anAsk(part)).then((turn) => {
    seen.turn = turn;
  });
  return seen;
}

async function lead(part: Partial<BeginAsk> = {}): Promise<Extract<BeginTurn, { kind: "lead" }>> {
  const turn = await admission.begin(anAsk(part));
  if (turn.kind !== "lead") throw new Error(`not the leader: ${turn.kind}`);
  return turn;
}

function report(turn: Extract<BeginTurn, { kind: "lead" }>, part: Partial<FinishReport> = {}): FinishReport {
  const outcome = sharedOutcome("{}", clock.now());
  return { fillKey: "key", lease: turn.lease, callerId: "caller", outcome, attempts: [], ...part };
}

describe("a hundred who ask the same at once", () => {
  it("are one leader and ninety-nine who follow, at the cost of one place and one fill", async () => {
    const budget = aBudget({ maxConcurrent: 1, fillsPerHour: 1 });
    const turns = Array.from({ length: 100 }, () => begin({ budget }));
    await settle();
    const leaders = turns.filter(({ turn }) => turn?.kind === "lead");
    expect(leaders).toHaveLength(1);
    const turn = leaders[0]?.turn;
    if (turn?.kind !== "lead") throw new Error("nobody leads");
    expect(admission.finish(report(turn))).toBe(true);
    await settle();
    expect(turns.filter(({ turn: one }) => one?.kind === "follow")).toHaveLength(99);
    expect(admission.fills.counts()).toMatchObject({ led: 1, coalesced: 99, waiting: 0, inFlight: 0 });
  });

  it("leave nothing behind when it is over", async () => {
    const turn = await lead();
    begin();
    admission.finish(report(turn));
    await clock.advance(10_000);
    expect(clock.pending).toBe(0);
    expect(admission.standings.describe("ada").inFlight).toBe(0);
  });
});

describe("a caller over its concurrency", () => {
  const budget = aBudget({ maxConcurrent: 1 });

  it("waits for a place and then leads", async () => {
    const first = await lead({ budget, fillKey: "a" });
    const second = begin({ budget, fillKey: "b" });
    await clock.advance(1_000);
    expect(second.turn).toBeNull();
    admission.finish(report(first, { fillKey: "a" }));
    await settle();
    expect(second.turn).toHaveProperty("kind", "lead");
  });

  it("is refused after two seconds", async () => {
    await lead({ budget, fillKey: "a" });
    const second = begin({ budget, fillKey: "b" });
    await clock.advance(2_000);
    expect(second.turn).toEqual({ kind: "overloaded", reason: "concurrency", retryAt: NOW + 3_000 });
  });

  it("is refused sooner where it cannot wait so long", async () => {
    await lead({ budget, fillKey: "a" });
    const second = begin({ budget, fillKey: "b", waitMs: 500 });
    await clock.advance(500);
    expect(second.turn).toHaveProperty("reason", "concurrency");
  });

  it("still follows others' fills", async () => {
    await lead({ budget, fillKey: "a" });
    const theirs = await lead({ budget: aBudget({ callerId: "other" }), fillKey: "b" });
    const second = begin({ budget, fillKey: "b" });
    admission.finish(report(theirs, { fillKey: "b", callerId: "other" }));
    await settle();
    expect(second.turn).toHaveProperty("kind", "follow");
  });

  it("follows a fill that another caller began while it queued", async () => {
    await lead({ budget, fillKey: "a" });
    const queued = begin({ budget, fillKey: "b" });
    await settle();
    const theirs = await lead({ budget: aBudget({ callerId: "other" }), fillKey: "b" });
    await clock.advance(2_000);
    admission.finish(report(theirs, { fillKey: "b", callerId: "other" }));
    await settle();
    expect(queued.turn).toHaveProperty("kind", "follow");
  });

  it("gets the place back when a lease runs out", async () => {
    await lead({ budget, fillKey: "a" });
    await clock.advance(7_000);
    const second = begin({ budget, fillKey: "b" });
    await clock.advance(1_000);
    expect(second.turn).toHaveProperty("kind", "lead");
  });

  it("gets the place of an unshared lead back with its report", async () => {
    const alone = await lead({ budget, shared: false });
    expect(alone.lease).toBeNull();
    const second = begin({ budget, shared: false });
    await settle();
    expect(second.turn).toBeNull();
    expect(admission.finish(report(alone))).toBe(true);
    await settle();
    expect(second.turn).toHaveProperty("kind", "lead");
  });
});

describe("a caller who spent the hour's fills", () => {
  it("is told when the next one is there, and still follows", async () => {
    const budget = aBudget({ fillsPerHour: 1 });
    await lead({ budget });
    expect(await admission.begin(anAsk({ budget, fillKey: "other" }))).toEqual({
      kind: "overloaded",
      reason: "fills_per_hour",
      retryAt: NOW + 60 * MINUTE,
    });
    const follower = begin({ budget, waitMs: 10 });
    await clock.advance(10);
    expect(follower.turn).toEqual({ kind: "timeout" });
  });
});

describe("a leader", () => {
  it("may have no identity at all: token-free sources remain", async () => {
    const turn = await lead({ candidates: [] });
    expect(turn.selection).toEqual({ kind: "none", reason: "no_identity" });
  });

  it("that is lost is replaced by one who waited, with a fresh choice", async () => {
    const lost = await lead({ candidates: [ada, bob] });
    const heir = begin({ candidates: [ada, bob] });
    const other = begin({ candidates: [ada, bob] });
    await clock.advance(7_000);
    admission.report([anAttempt({ kind: "unauthorized" })]);
    await clock.advance(1_000);
    expect(heir.turn).toMatchObject({ kind: "lead", selection: { identities: ["bob"] } });
    expect(other.turn).toBeNull();
    expect(admission.finish(report(lost))).toBe(false);
  });

  it("teaches what it learnt even where its lease was lost", async () => {
    const lost = await lead();
    await clock.advance(8_000);
    const attempts = [anAttempt({ kind: "ok", charged: true }, { rate: aReading({ remaining: 123 }) })];
    expect(admission.finish(report(lost, { attempts }))).toBe(false);
    expect(admission.standings.describe("ada")).toMatchObject({ inFlight: 0, resources: [{ remaining: 123 }] });
    expect(ledger.writes).toBe(1);
  });

  it("keeps to the identity its route was granted for ten seconds, used or not", async () => {
    const first = await lead({ fillKey: "a", candidates: [ada, bob] });
    expect(first.selection).toMatchObject({ identities: ["ada", "bob"], leaseReason: "highest_remaining" });
    await clock.advance(5_000);
    const second = await lead({ fillKey: "b", candidates: [ada, bob] });
    expect(second.selection).toMatchObject({ identities: ["ada", "bob"], leaseReason: "sticky" });
    expect(admission.standings.describe("ada").leases).toEqual([{ routeKey: ROUTE, until: NOW + 10_000 }]);
    await clock.advance(5_000);
    const third = await lead({ fillKey: "c", candidates: [ada, bob] });
    expect(third.selection).toMatchObject({ identities: ["bob", "ada"], leaseReason: "highest_remaining" });
  });
});

describe("an identity with twenty requests in flight", () => {
  const budget = aBudget({ maxConcurrent: 100 });

  async function fillUp() {
    const turns = [];
    for (let n = 0; n < MAX_IN_FLIGHT; n += 1) turns.push(await lead({ budget, fillKey: `key ${n}` }));
    return turns;
  }

  it("is waited for; those who ask the same meanwhile follow", async () => {
    const [first] = await fillUp();
    const waiting = begin({ budget, fillKey: "late" });
    const follower = begin({ budget, fillKey: "late" });
    await clock.advance(1_500);
    expect(waiting.turn).toBeNull();
    if (first === undefined) throw new Error("nobody leads");
    admission.finish(report(first, { fillKey: "key 0" }));
    await settle();
    expect(waiting.turn).toMatchObject({ kind: "lead", lease: { expiresAt: clock.now() + 8_000 } });
    expect(waiting.turn).toHaveProperty("selection.identities", ["ada"]);
    expect(follower.turn).toBeNull();
  });

  it("is not waited for longer than two seconds", async () => {
    await fillUp();
    const waiting = begin({ budget, fillKey: "late" });
    await clock.advance(2_000);
    expect(waiting.turn).toMatchObject({
      kind: "lead",
      selection: { kind: "none", reason: "identities_cooling_down" },
    });
    expect(waiting.turn).not.toHaveProperty("selection.busy");
  });

  it("is free again after a minute without a report", async () => {
    await fillUp();
    await clock.advance(MINUTE);
    expect(admission.standings.describe("ada").inFlight).toBe(0);
    expect((await lead({ budget, fillKey: "late" })).selection.kind).toBe("selected");
  });
});

describe("a choice without a fill", () => {
  const ask = { routeKey: ROUTE, resource: "core" };

  it("holds its reservation until the report of its attempt", async () => {
    expect(await admission.select([ada], ask)).toMatchObject({ kind: "selected", identities: ["ada"] });
    expect(admission.standings.describe("ada").inFlight).toBe(1);
    admission.report([anAttempt({ kind: "ok", charged: false })]);
    expect(admission.standings.describe("ada").inFlight).toBe(0);
  });

  it("leaves a leader's reservation alone", async () => {
    await lead();
    admission.report([anAttempt({ kind: "ok", charged: true })]);
    expect(admission.standings.describe("ada").inFlight).toBe(1);
  });
});

describe("standings", () => {
  it("are those of the ledger after a restart", async () => {
    admission.report([anAttempt({ kind: "unauthorized" })]);
    const restarted = new Admission(clock, ledger, 2);
    const turn = await restarted.begin(anAsk());
    expect(turn).toMatchObject({ selection: { reason: "identities_cooling_down", retryAt: NOW + 10 * MINUTE } });
  });

  it("are well again when an operator says so", async () => {
    admission.report([anAttempt({ kind: "unauthorized" })]);
    admission.standings.clearCooldowns("ada");
    expect((await lead()).selection.kind).toBe("selected");
  });
});
