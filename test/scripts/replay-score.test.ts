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

const judged = (played: readonly PlayedRead[], calls: readonly UpstreamCall[] = []) =>
  score(played, calls, things, () => 10_000);

describe("staleness", () => {
  it.each([
    { name: "the current version is not stale", read: answered(61_000, 2), ages: [] },
    { name: "a change at the very moment of the question is not missed", read: answered(60_000, 1), ages: [] },
    { name: "an older version is stale since the change", read: answered(64_000, 1), ages: [4_000] },
  ])("$name", ({ read, ages }) => {
    expect(judged([read]).stale.map(({ ageMs }) => ageMs)).toEqual(ages);
  });

  it.each([
    { name: "within its own time", at: 70_000, broke: false },
    { name: "within the time it may be renewed in", at: 80_000, broke: false },
    { name: "past both", at: 80_001, broke: true },
  ])("$name an answer's promise is broken: $broke", ({ at, broke }) => {
    const { stale } = judged([answered(at, 1, 40_000)]);
    expect(stale.map(({ brokePromise }) => brokePromise)).toEqual([broke]);
  });
});

it("counts first questions, and answers that changed between two questions", () => {
  const { first, changed } = judged([answered(2_000, 1), answered(3_000, 1), answered(61_000, 2)]);
  expect({ first, changed }).toEqual({ first: 1, changed: 1 });
});

it("counts units, free calls, and units spent on what had been fetched before", () => {
  const { units, freeReads, wasted } = judged([], [called(2_000, 1, 1), called(3_000, 1, 0), called(4_000, 1, 1)]);
  expect({ units, freeReads }).toEqual({ units: 2, freeReads: 1 });
  expect(wasted).toEqual({ "pull, identity, conditional": 1 });
});
