import { beforeEach, describe, expect, it } from "vitest";
import { Fills, type Joined } from "../../../server/coordinator/fills.ts";
import type { FillOutcome } from "../../../server/coordinator/protocol.ts";
import { NOW, sharedOutcome } from "./builders.ts";
import { FakeClock, settle } from "./fake-clock.ts";

const MEGABYTE = 1024 * 1024;
const LEASE_MS = 8_000;

let clock: FakeClock;
let ended: number[];
let fills: Fills;

beforeEach(() => {
  clock = new FakeClock(NOW);
  ended = [];
  fills = new Fills(clock, 7, (fence) => ended.push(fence));
});

/** Joins, and keeps what the wait ends with where it can be looked at without waiting. */
function follow(waitMs = 60_000, key = "key"): { joined: Joined | null } {
  const seen: { joined: Joined | null } = { joined: null };
  void Promise.resolve(fills.join(key, 0, waitMs)).then((joined) => {
    seen.joined = joined;
  });
  return seen;
}

describe("a fill", () => {
  it("has nobody to follow before someone leads", () => {
    expect(fills.join("key", 2_000, 1_000)).toBeNull();
  });

  it.each<FillOutcome>([
    sharedOutcome("{}"),
    { kind: "shared", finishedAt: NOW },
    { kind: "edge_only", finishedAt: NOW },
    { kind: "failed", code: "github_unavailable", finishedAt: NOW },
  ])("wakes everyone who waits, whatever the outcome ($kind)", async (outcome) => {
    const lease = fills.lead("key");
    const followers = [follow(), follow(), follow()];
    expect(fills.finish("key", lease, outcome)).toBe(true);
    await settle();
    expect(followers).toEqual(followers.map(() => ({ joined: { kind: "follow", outcome } })));
    expect(fills.counts()).toEqual({ inFlight: 0, waiting: 0, led: 1, coalesced: 3 });
  });

  it("keeps fills of different keys apart", async () => {
    const lease = fills.lead("key");
    fills.lead("other");
    const other = follow(60_000, "other");
    fills.finish("key", lease, sharedOutcome("{}"));
    await settle();
    expect(other.joined).toBeNull();
  });

  it("lets go of a follower whose time is over", async () => {
    const lease = fills.lead("key");
    const patient = follow(5_000);
    const hurried = follow(1_000);
    await clock.advance(1_000);
    expect(hurried.joined).toEqual({ kind: "timeout" });
    expect(fills.counts().waiting).toBe(1);
    fills.finish("key", lease, sharedOutcome("{}"));
    await settle();
    expect(patient.joined).toHaveProperty("kind", "follow");
  });

  it("makes nobody wait who has no time", () => {
    fills.lead("key");
    expect(fills.join("key", 0, 0)).toEqual({ kind: "timeout" });
  });

  it("leaves no timer behind", async () => {
    const lease = fills.lead("key");
    follow();
    fills.finish("key", lease, sharedOutcome("{}"));
    await clock.advance(10_000);
    expect(clock.pending).toBe(0);
  });
});

describe("a lost leader", () => {
  it("is replaced by exactly one follower, the one who waited longest, and the others wait on", async () => {
    const lost = fills.lead("key");
    const [first, second, third] = [follow(), follow(), follow()];
    await clock.advance(LEASE_MS);
    expect(first.joined).toMatchObject({ kind: "lead", lease: { expiresAt: NOW + 2 * LEASE_MS } });
    expect([second.joined, third.joined]).toEqual([null, null]);
    expect(ended).toEqual([lost.fence]);

    if (first.joined?.kind !== "lead") throw new Error("nobody took the lead");
    expect(fills.finish("key", first.joined.lease, sharedOutcome("{}"))).toBe(true);
    await settle();
    expect([second.joined?.kind, third.joined?.kind]).toEqual(["follow", "follow"]);
  });

  it("can neither finish nor renew, and its outcome reaches nobody", async () => {
    const lost = fills.lead("key");
    const [heir, other] = [follow(), follow()];
    await clock.advance(LEASE_MS);
    expect(fills.finish("key", lost, sharedOutcome("stale"))).toBe(false);
    expect(fills.renew("key", lost)).toBeNull();
    await settle();
    expect(heir.joined?.kind).toBe("lead");
    expect(other.joined).toBeNull();
    expect(fills.join("key", 2_000, 0)).toEqual({ kind: "timeout" });
  });

  it("that nobody waits for leaves the key free", async () => {
    const lost = fills.lead("key");
    await clock.advance(LEASE_MS);
    expect(fills.finish("key", lost, sharedOutcome("{}"))).toBe(false);
    expect(fills.join("key", 2_000, 1_000)).toBeNull();
    expect(ended).toEqual([lost.fence]);
  });

  it("is replaced again and again until one finishes", async () => {
    fills.lead("key");
    const followers = [follow(), follow(), follow()];
    await clock.advance(3 * LEASE_MS);
    expect(followers.map(({ joined }) => joined?.kind)).toEqual(["lead", "lead", "lead"]);
    expect(ended).toHaveLength(3);
  });
});

describe("a lease", () => {
  it("lasts as long as it is renewed, under the same fence", async () => {
    const lease = fills.lead("key");
    const follower = follow();
    for (let n = 0; n < 4; n += 1) {
      await clock.advance(LEASE_MS - 1);
      expect(fills.renew("key", lease)).toEqual({ fence: lease.fence, expiresAt: clock.now() + LEASE_MS });
    }
    expect(follower.joined).toBeNull();
    expect(fills.finish("key", lease, sharedOutcome("{}"))).toBe(true);
  });

  it("is spent by its finish", () => {
    const lease = fills.lead("key");
    fills.finish("key", lease, sharedOutcome("{}"));
    expect(fills.finish("key", lease, sharedOutcome("{}"))).toBe(false);
    expect(fills.renew("key", lease)).toBeNull();
  });

  it("is over at its end even where the timer is late", () => {
    const lease = fills.lead("key");
    clock.skip(LEASE_MS);
    expect(fills.renew("key", lease)).toBeNull();
    expect(fills.finish("key", lease, sharedOutcome("{}"))).toBe(false);
  });

  it("of one key does nothing for another", () => {
    const lease = fills.lead("key");
    fills.lead("other");
    expect(fills.finish("other", lease, sharedOutcome("{}"))).toBe(false);
  });

  it("carries a fence that grows, also over a restart of the object", () => {
    const early = [fills.lead("a").fence, fills.lead("b").fence];
    const restarted = new Fills(clock, 8, () => undefined);
    const all = [...early, restarted.lead("a").fence, restarted.lead("b").fence];
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(new Set(all).size).toBe(4);
    expect(all.every(Number.isSafeInteger)).toBe(true);
  });

  it("of an earlier life of the object is refused", () => {
    const lease = fills.lead("key");
    const restarted = new Fills(clock, 8, () => undefined);
    restarted.lead("key");
    expect(restarted.finish("key", lease, sharedOutcome("{}"))).toBe(false);
  });
});

describe("an outcome of a moment ago", () => {
  const failure: FillOutcome = { kind: "failed", code: "github_unavailable", finishedAt: NOW };

  it.each([
    { name: "serves one who accepts it", outcome: sharedOutcome("{}"), laterMs: 500, within: 500, served: true },
    {
      name: "is too old for one who accepts less",
      outcome: sharedOutcome("{}"),
      laterMs: 501,
      within: 500,
      served: false,
    },
    { name: "serves nobody who accepts none", outcome: sharedOutcome("{}"), laterMs: 0, within: 0, served: false },
    {
      name: "is forgotten after two seconds",
      outcome: sharedOutcome("{}"),
      laterMs: 2_000,
      within: 9_000,
      served: false,
    },
    { name: "that failed is shared shortly", outcome: failure, laterMs: 999, within: 2_000, served: true },
    {
      name: "that failed is forgotten after one second",
      outcome: failure,
      laterMs: 1_000,
      within: 2_000,
      served: false,
    },
    {
      name: "counts from the leader's clock where that is earlier",
      outcome: sharedOutcome("{}", NOW - 400),
      laterMs: 200,
      within: 500,
      served: false,
    },
    {
      name: "counts from our clock where the leader's is ahead",
      outcome: sharedOutcome("{}", NOW + 60_000),
      laterMs: 600,
      within: 500,
      served: false,
    },
  ])("$name", async ({ outcome, laterMs, within, served }) => {
    fills.finish("key", fills.lead("key"), outcome);
    await clock.advance(laterMs);
    expect(fills.join("key", within, 1_000)).toEqual(served ? { kind: "follow", outcome } : null);
  });

  it("is replaced by the next one of its key", () => {
    fills.finish("key", fills.lead("key"), sharedOutcome("first"));
    fills.finish("key", fills.lead("key"), sharedOutcome("second"));
    expect(fills.join("key", 1_000, 0)).toEqual({ kind: "follow", outcome: sharedOutcome("second") });
  });

  it("makes room for later ones, the oldest first", () => {
    const large = sharedOutcome("x".repeat(MEGABYTE));
    for (let n = 0; n < 40; n += 1) fills.finish(`key ${n}`, fills.lead(`key ${n}`), large);
    expect(fills.join("key 0", 1_000, 0)).toBeNull();
    expect(fills.join("key 39", 1_000, 0)).not.toBeNull();
  });
});
