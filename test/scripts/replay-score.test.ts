import { describe, expect, it } from "vitest";
import type { UpstreamCall } from "../../bench/replay/github.ts";
import { score, type PlayedRead } from "../../bench/replay/score.ts";
import { Thing } from "../../bench/replay/thing.ts";

const PATH = "/repos/team/app-0/pulls/1";
const thing = new Thing(PATH, "pull");
for (const at of [1_000, 60_000]) thing.change({ at, moving: 0 });
const things = new Map([[PATH, thing]]);

/** An answer of that version, fresh for thirty seconds from its fill. */
function answered(at: number, version: number, createdAt = at): PlayedRead {
  const read = { at, path: PATH, who: "person", isGate: false } as const;
  const facts = {
    status: 200,
    cache: "hit",
    staleReason: "",
    routeKind: "pr_view",
    missReason: "",
    revalidated: false,
  };
  return { read, version, createdAt, expiresAt: createdAt + 30_000, ...facts };
}

function called(at: number, version: number, charged: number): UpstreamCall {
  const status = charged === 0 ? 304 : 200;
  return { at, path: PATH, kind: "read", credential: "alice", conditional: true, status, charged, version };
}

const judged = (played: readonly PlayedRead[], calls: readonly UpstreamCall[] = [], from = 0) =>
  score(played, calls, { things, from });

describe("staleness", () => {
  it.each([
    { name: "the current version is not stale", read: answered(61_000, 2), ages: [] },
    { name: "a change at the very moment of the question is not missed", read: answered(60_000, 1), ages: [] },
    { name: "an older version is stale since the change", read: answered(64_000, 1), ages: [4_000] },
  ])("$name", ({ read, ages }) => {
    expect(judged([read]).stale.map(({ ageMs }) => ageMs)).toEqual(ages);
  });

  // An open pull is fresh for two minutes, and may be renewed behind the answer for one more.
  it.each([
    { name: "within its own time", at: 100_000, createdAt: 40_000, broke: false },
    { name: "within the time it may be renewed in", at: 220_000, createdAt: 40_000, broke: false },
    { name: "past both", at: 220_001, createdAt: 40_000, broke: true },
    { name: "that claims to be younger than what it lacks", at: 100_000, createdAt: 60_001, broke: true },
  ])("$name an answer's promise is broken: $broke", ({ at, createdAt, broke }) => {
    const { stale } = judged([answered(at, 1, createdAt)]);
    expect(stale.map(({ brokePromise }) => brokePromise)).toEqual([broke]);
  });
});

describe("what is needed", () => {
  it.each([
    { name: "what nobody asked before is a first question", from: 500, at: [2_000], needed: [0, 1] },
    { name: "the same again needs nothing", from: 500, at: [2_000, 3_000], needed: [0, 1] },
    { name: "another version than the last reader saw has changed", from: 500, at: [2_000, 61_000], needed: [1, 1] },
    { name: "what the warm-up read is known", from: 2_500, at: [2_000, 3_000], needed: [0, 0] },
    { name: "what changed since the warm-up read it has changed", from: 2_500, at: [2_000, 61_000], needed: [1, 0] },
  ])("$name", ({ from, at, needed: [changed, first] }) => {
    const reads = at.map((each) => answered(each, thing.versionAt(each)));
    expect(judged(reads, [], from).needed).toEqual({ changed, first });
  });

  it("is told by shape, with what was spent on it", () => {
    const { byShape } = judged([answered(2_000, 1)], [called(2_000, 1, 1), called(3_000, 1, 1)]);
    expect(byShape).toEqual({ pull: { changed: 0, first: 1, units: 2 } });
  });
});

describe("what is spent", () => {
  const calls = [called(2_000, 1, 1), called(3_000, 1, 0), called(4_000, 1, 1)];

  it("is counted, with free calls, and apart where the version had been fetched before", () => {
    const { units, freeReads, wasted } = judged([], calls);
    expect({ units, freeReads }).toEqual({ units: 2, freeReads: 1 });
    expect(wasted).toEqual({ "pull, identity, conditional": 1 });
  });

  it.each([
    { name: "of a thing that nobody fetched before is a first read's", from: 0, firstUnits: 1 },
    { name: "of a thing that the warm-up fetched is none", from: 3_500, firstUnits: 0 },
  ])("$name", ({ from, firstUnits }) => {
    expect(judged([], calls, from).firstUnits).toBe(firstUnits);
  });

  it("is not counted before the measured time, though what was fetched then is known", () => {
    const { units, wasted } = judged([], calls, 3_500);
    expect({ units, wasted }).toEqual({ units: 1, wasted: { "pull, identity, conditional": 1 } });
  });
});

it("judges no answer of the warm-up", () => {
  const { reads, stale } = judged([answered(64_000, 1)], [], 65_000);
  expect({ reads, stale }).toEqual({ reads: 0, stale: [] });
});
