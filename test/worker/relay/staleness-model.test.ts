/**
 * Never staler than the caller said (promise 2): random sequences of reads, ages, outages, purges and changes against
 * a model of what GitHub had when. No answer may be older than its caller's bound, than the policy's stale end, or than
 * a purge that finished more than the memo bound before it began.
 */
import { describe, expect, it } from "vitest";
import { World } from "./staleness-world.ts";

const STEPS = 40;

describe("no answer is older than it may be", () => {
  it.each(Array.from({ length: 10 }, (_, index) => ({ seed: 1000 + index * 7919 })))(
    "seed $seed",
    { timeout: 60_000 },
    async ({ seed }) => {
      const world = new World(seed);
      await world.open();
      for (let step = 0; step < STEPS; step++) await world.step();
      expect(world.history.length).toBeGreaterThanOrEqual(STEPS);
      await world.relay.github.reset(); // versions that nobody happened to read are no fault here
    },
  );
});
