import { describe, expect, it } from "vitest";
import { MEASURED_FROM, MEASURED_MS, PLAYED_FROM, PLAYED_UNTIL } from "../../bench/replay/day.ts";
import { openAt, planLives } from "../../bench/replay/lives.ts";
import { SeededRandom } from "../../scripts/seeded-random.ts";
import { planReads } from "../../bench/replay/reads.ts";
import { Thing } from "../../bench/replay/thing.ts";
import { buildWorld } from "../../bench/replay/world.ts";

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

describe("pulls that come and go", () => {
  const turnover = { places: 3, meanMs: 600_000, meanGapMs: 60_000, firstNumber: 1, laterNumber: 100 };
  const lives = planLives(turnover, new SeededRandom(SEED));

  it("begin with every place taken, by numbers that are there already", () => {
    expect(openAt(lives, PLAYED_FROM).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it("have a number each, counted in the order in which they were opened", () => {
    const later = lives.filter(({ from }) => from > PLAYED_FROM);
    expect(later.map(({ number }) => number)).toEqual(later.map((_, index) => 100 + index));
    expect(later.every(({ from }, index) => from >= (later[index - 1]?.from ?? PLAYED_FROM))).toBe(true);
  });

  it("never are more than there are places", () => {
    const most = Math.max(...lives.map(({ from }) => openAt(lives, Math.max(from, PLAYED_FROM)).length));
    expect(most).toBeLessThanOrEqual(turnover.places);
  });
});

describe("the team's day", () => {
  const world = buildWorld(SEED);
  const reads = planReads(world, SEED);

  it("is the same for the same seed, and another for another", () => {
    expect(planReads(buildWorld(SEED), SEED)).toEqual(reads);
    expect(planReads(buildWorld(SEED + 1), SEED + 1)).not.toEqual(reads);
  });

  it("has at least 20,000 reads within the eight measured hours", () => {
    const measured = reads.filter(({ at }) => at >= MEASURED_FROM && at < MEASURED_FROM + MEASURED_MS);
    expect(measured.length).toBeGreaterThanOrEqual(20_000);
  });

  it("has reads at moments of their own, from before the measured hours to their end", () => {
    expect(new Set(reads.map(({ at }) => at)).size).toBe(reads.length);
    expect(reads.every(({ at }) => at >= PLAYED_FROM && at < PLAYED_UNTIL + 1_000)).toBe(true);
    expect(reads.some(({ at }) => at < MEASURED_FROM)).toBe(true);
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

  it("pushes to no pull after its merge", () => {
    const late = world.pushes.filter(({ repository, pull, at }) => {
      const lives = world.repositories.find(({ path }) => path === repository)?.pulls ?? [];
      return pull !== undefined && !openAt(lives, at).some(({ number }) => number === pull);
    });
    expect(late).toEqual([]);
  });

  it("tells of every pull and issue that comes into being", () => {
    const opened = world.told.filter(
      ({ event, payload }) =>
        ["pull_request", "issues"].includes(event) && "action" in payload && payload.action === "opened",
    );
    const lives = world.repositories.flatMap(({ pulls, issues }) => [...pulls, ...issues]);
    expect(opened).toHaveLength(lives.filter(({ from }) => from > PLAYED_FROM).length);
  });
});
