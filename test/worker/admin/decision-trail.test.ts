/** One row of the traffic with its decision trail, asked through the door. */
import { beforeEach, describe, expect, it } from "vitest";
import type { TrafficDetail, TrafficPage } from "../../../shared/dashboard/traffic.ts";
import { anOperator, type Bench } from "./support.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
});

/** The one row there is. */
async function shown(): Promise<TrafficDetail> {
  const [row] = (await bench.ask<TrafficPage>("traffic.list", { window: "1h" })).rows;
  return bench.ask<TrafficDetail>("traffic.one", { id: row?.id ?? 0 });
}

describe("a row", () => {
  it("tells what each stage decided and how long it took", async () => {
    await bench.traffic([
      {
        cache: "miss",
        missReason: "expired",
        backend: "github_identity",
        identityId: "pat_alice",
        quotaUnits: 1,
        upstreamCalls: 1,
        durationMs: 70,
        trail: "aoc1pmeD5vb2(lead)s(sticky pat_alice)i55(200 pat_alice)k1z5f3w9(stores)",
      },
    ]);
    const { stages, verdict } = await shown();
    expect(verdict).toBe("Missed: the stored copy is past its end. Answered by pat_alice in 70 ms.");
    expect(stages.map(({ id, from, to }) => [id, from, to])).toEqual([
      ["caller", 0, 0],
      ["pool", 0, 0],
      ["route", 0, 1],
      ["policy", 1, 1],
      ["memory", 1, 1],
      ["edge", 1, 1],
      ["storedHad", 1, 6],
      ["proof", 6, 6],
      ["begin", 6, 8],
      ["choose", 8, 8],
      ["identity", 8, 63],
      ["clean", 63, 64],
      ["answer", 64, 69],
      ["told", 69, 72],
      ["kept", 72, 81],
    ]);
    expect(stages.filter(({ isAfter }) => isAfter).map(({ id }) => id)).toEqual(["told", "kept"]);
    expect(stages.find(({ id }) => id === "storedHad")?.words).toBe("the stored copy is past its end");
  });

  it.each([
    { reason: "route_denied", trail: "aoz", stage: "route" },
    { reason: "route_denied", trail: "aocz", stage: "policy" },
    { reason: "owner_denied", trail: "aocz", stage: "policy" },
    { reason: "relay_overloaded", trail: "a9z", stage: "pool" },
    { reason: "relay_overloaded", trail: "aocpmedb(fills_per_hour)z", stage: "begin" },
    { reason: "repo_not_public", trail: "aocpMz", stage: "proof" },
    { reason: "repo_not_public", trail: "aocpmedb(lead)s(sticky a)i9(200 a)v9@0(asked)z", stage: "proof" },
    { reason: "identity_pool_depleted", trail: "aocpmedb(lead)s(identity_pool_depleted)z", stage: "choose" },
    { reason: "no_identity", trail: "aocpmedb(lead)s(sticky a)t(a identity_secret_missing)z", stage: "token" },
    { reason: "github_unavailable", trail: "aocpmedb(lead)s(sticky a)i9(0 a github_unavailable)z", stage: "identity" },
    { reason: "identity_pool_depleted", trail: "classify=0 lookup=2", stage: "choose" },
  ] as const)("ends at the stage that refused: $reason at $stage after $trail", async ({ reason, stage, trail }) => {
    await bench.traffic([
      {
        cache: "unknown",
        status: 424,
        errorCode: "fallback_local",
        fallbackReason: reason,
        upstreamCalls: 1,
        trail,
      },
    ]);
    const { stages } = await shown();
    const bad = stages.filter(({ tone }) => tone === "bad");
    expect(bad.map(({ id }) => id)).toEqual([stage, "answer"]);
    expect(bad[0]?.words).toContain(reason);
  });

  it("finds no row of another pool", async () => {
    await bench.traffic([{ poolId: "another" }]);
    await expect(bench.ask("traffic.one", { id: 1 })).rejects.toThrow("not_found");
  });
});
