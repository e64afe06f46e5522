/** Thousands of requests over four simulated hours; see simulation/scene.ts for who is asked and what befalls them. */
import { beforeAll, describe, expect, it } from "vitest";
import { play, type Played } from "./simulation/play.ts";
import { makeScene } from "./simulation/scene.ts";

describe.each([1, 2, 3, 4].map((seed) => ({ seed })))("a pool's four hours, seed $seed", ({ seed }) => {
  let played: Played;
  beforeAll(async () => {
    played = await play(makeScene(seed));
  });

  it("see thousands of requests, and times in which every bucket is spent", () => {
    expect(played.requests).toBeGreaterThan(10_000);
    expect(played.reasons.get("identity_pool_depleted") ?? 0).toBeGreaterThan(50);
  });

  it("choose nobody who is known to rest or to be spent, and the budget that ends first", () => {
    expect(played.broken).toEqual([]);
    expect(played.compared).toBeGreaterThan(100);
  });

  it("put at most one request over a limit, for each identity and window", () => {
    expect(played.over.size).toBeGreaterThan(0); // two of one user are not known for it
    expect(Math.max(...played.over.values())).toBe(1);
  });

  it("serve within two in a hundred of what an oracle would", () => {
    expect(played.served / played.byOracle).toBeGreaterThan(0.98);
  });
});
