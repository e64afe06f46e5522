/**
 * Never staler than the caller said (promise 2): random sequences of reads, ages, outages, purges and changes against
 * a model of what GitHub had when. No answer may be older than its caller's bound, than the policy's stale end, or than
 * a purge that finished more than the memo bound before it began: thirty seconds after an operator's, two after an event
 * of a repository whose webhooks reach us, and none at all in the isolate that purged. D1 is slow at times: a read's
 * statement is held while GitHub changes, purges come and time passes.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { World } from "./staleness-world.ts";

const STEPS = 40;

/** Every other one with webhooks. */
const SEEDS = Array.from({ length: 12 }, (_, index) => ({ seed: 1000 + index * 7919, covered: index % 2 === 1 }));

// A line for each delivery would drown the report.
beforeEach(() => void vi.spyOn(console, "log").mockReturnValue(undefined));
afterEach(() => void vi.restoreAllMocks());

describe("no answer is older than it may be", () => {
  it.each(SEEDS)("seed $seed, covered: $covered", { timeout: 60_000 }, async ({ seed, covered }) => {
    const world = new World(seed, covered);
    await world.open();
    for (let step = 0; step < STEPS; step++) await world.step();
    expect(world.history.length).toBeGreaterThanOrEqual(STEPS);
    await world.relay.github.reset(); // versions that nobody happened to read are no fault here
  });
});
