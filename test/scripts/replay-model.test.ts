import { describe, expect, it } from "vitest";
import { planReads } from "../../bench/replay/reads.ts";
import { Thing } from "../../bench/replay/thing.ts";
import { buildWorld, DAY_MS, DAY_STARTS_AT } from "../../bench/replay/world.ts";

const SEED = 7;

describe("a thing of the model", () => {
  const thing = new Thing("/repos/team/app-0/actions/runs/1", "run");
  thing.change({ at: 300, moving: -1, state: "closed" });
  thing.change({ at: 100, moving: 1 });
  thing.sort();

  it.each([
    { at: 99, version: 0, moving: 0, state: "open" },
    { at: 100, version: 1, moving: 1, state: "open" },
    { at: 299, version: 1, moving: 1, state: "open" },
    { at: 300, version: 2, moving: 0, state: "closed" },
  ])("is at version $version at $at", ({ at, ...expected }) => {
    expect(thing.stateAt(at)).toEqual(expected);
  });
});

describe("the team's day", () => {
  const world = buildWorld(SEED);
  const reads = planReads(world, SEED);

  it("is the same for the same seed, and another for another", () => {
    expect(planReads(buildWorld(SEED), SEED)).toEqual(reads);
    expect(planReads(buildWorld(SEED + 1), SEED + 1)).not.toEqual(reads);
  });

  it("has at least 20,000 reads within eight hours, each at a moment of its own", () => {
    expect(reads.length).toBeGreaterThanOrEqual(20_000);
    expect(new Set(reads.map(({ at }) => at)).size).toBe(reads.length);
    expect(reads.every(({ at }) => at >= DAY_STARTS_AT && at < DAY_STARTS_AT + DAY_MS + 1_000)).toBe(true);
  });

  it("reads only what exists", () => {
    const missing = reads.filter(({ at, path }) => (world.things.get(path)?.versionAt(at) ?? 0) === 0);
    expect(missing).toEqual([]);
  });

  it("tells of every run that it has ended", () => {
    const completed = world.told.filter(
      ({ event, payload }) => event === "workflow_run" && "action" in payload && payload.action === "completed",
    );
    expect(completed).toHaveLength(world.pushes.length);
  });
});
