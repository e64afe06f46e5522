import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import type { BeginAsk, BeginTurn, CoordinatorDoors, FillOutcome } from "../../../server/coordinator/protocol.ts";

type Lead = Extract<BeginTurn, { kind: "lead" }>;

const ada = { id: "ada", kind: "pat", weight: 100 } as const;
const attempt = { identityId: "ada", kind: "pat", resource: "core", routeKey: "pr_view o/r", durationMs: 80 } as const;

const coordinator = (poolId: string): CoordinatorDoors => coordinatorFor(env.POOL_COORDINATOR, poolId);
const stubOf = (poolId: string) => env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${poolId}`));

function anAsk(part: Partial<BeginAsk> = {}): BeginAsk {
  return {
    fillKey: "key",
    routeKey: "pr_view o/r",
    resource: "core",
    budget: { callerId: "caller", maxConcurrent: 16, fillsPerHour: 600 },
    candidates: [ada],
    acceptFinishedMs: 0,
    waitMs: 15_000,
    shared: true,
    ...part,
  };
}

function anOutcome(): FillOutcome {
  const body = new TextEncoder().encode('{"number":1}');
  const headers = { etag: '"1"' };
  return { kind: "shared", finishedAt: Date.now(), reply: { status: 200, headers, encoding: "json", body, meta: {} } };
}

async function lead(doors: CoordinatorDoors, part: Partial<BeginAsk> = {}): Promise<Lead> {
  const turn = await doors.begin(anAsk(part));
  if (turn.kind !== "lead") throw new Error(`not the leader: ${turn.kind}`);
  return turn;
}

/** Answers once so many wait inside the object: a barrier made of what the object itself says. */
async function waiting(doors: CoordinatorDoors, count: number): Promise<void> {
  while ((await doors.snapshot([])).fills.waiting < count);
}

describe("PoolCoordinator", () => {
  it("lets one of a hundred simultaneous askers lead and hands the others its reply", async () => {
    const doors = coordinator("crowd");
    const turns = Array.from({ length: 100 }, () => doors.begin(anAsk()));
    await waiting(doors, 99);
    const leader = await Promise.any(turns);
    if (leader.kind !== "lead" || leader.lease === null) throw new Error("nobody leads");
    const outcome = anOutcome();
    const report = { fillKey: "key", lease: leader.lease, callerId: "caller", outcome, attempts: [] };
    expect(await doors.finish(report)).toBe(true);
    expect(await doors.finish(report)).toBe(false);

    const ended = await Promise.all(turns);
    expect(ended.filter(({ kind }) => kind === "lead")).toHaveLength(1);
    const followed = ended.filter((turn) => turn.kind === "follow");
    expect(followed).toHaveLength(99);
    expect(followed[0]).toEqual({ kind: "follow", outcome });
    expect((await doors.snapshot([])).fills).toEqual({ inFlight: 0, waiting: 0, led: 1, coalesced: 99 });
  });

  it("answers one who comes just after the end", async () => {
    const doors = coordinator("late");
    const { lease } = await lead(doors);
    await doors.finish({ fillKey: "key", lease, callerId: "caller", outcome: anOutcome(), attempts: [] });
    expect(await doors.begin(anAsk({ acceptFinishedMs: 2_000 }))).toHaveProperty("kind", "follow");
    expect(await doors.begin(anAsk({ acceptFinishedMs: 0 }))).toHaveProperty("kind", "lead");
  });

  it("renews a live lease and no other", async () => {
    const doors = coordinator("renewing");
    const { lease } = await lead(doors);
    if (lease === null) throw new Error("no lease");
    expect(await doors.renew("key", lease)).toHaveProperty("fence", lease.fence);
    expect(await doors.renew("key", { ...lease, fence: lease.fence + 1 })).toBeNull();
  });

  it("keeps pools apart", async () => {
    const first = await lead(coordinator("one"));
    const second = await lead(coordinator("two"));
    expect(first.lease?.fence).toBe(second.lease?.fence);
  });

  it("remembers standing and refuses an earlier life's lease after it was lost", async () => {
    const doors = coordinator("lost");
    const before = await lead(doors, { fillKey: "before" });
    const rate = { resource: "core", limit: 5_000, remaining: 4_000, used: 1_000, resetAt: Date.now() + 1_800_000 };
    await doors.report([
      { ...attempt, rate, result: { kind: "ok", charged: true } },
      { ...attempt, result: { kind: "unauthorized" } },
      { ...attempt, result: { kind: "forbidden" } },
    ]);
    const [known] = (await doors.snapshot(["ada"])).identities;

    await abortAllDurableObjects();

    const restarted = coordinator("lost");
    const [kept] = (await restarted.snapshot(["ada"])).identities;
    expect(kept?.cooldowns.map(({ scope, cause }) => [scope, cause])).toEqual(
      expect.arrayContaining([
        ["identity", "unauthorized"],
        ["route", "forbidden"],
      ]),
    );
    expect(kept?.cooldowns).toHaveLength(2);
    expect(kept?.resources).toEqual([expect.objectContaining(rate)]);
    expect(kept?.lastError).toEqual(known?.lastError);

    const after = await lead(restarted, { fillKey: "before" });
    expect(after.selection).toMatchObject({ kind: "none", reason: "identities_cooling_down" });
    expect(after.lease?.fence).toBeGreaterThan(before.lease?.fence ?? Number.POSITIVE_INFINITY);
    const stale = { fillKey: "before", lease: before.lease, callerId: "caller", outcome: anOutcome(), attempts: [] };
    expect(await restarted.finish(stale)).toBe(false);
  });

  it("drops from storage what an operator cleared or a later report replaced", async () => {
    const doors = coordinator("cleared");
    const resetAt = Date.now() + 1_800_000;
    const spent = { resource: "search", limit: 30, remaining: 0, used: 30, resetAt };
    await doors.report([
      { ...attempt, resource: "search", rate: spent, result: { kind: "depleted" } },
      { ...attempt, resource: "search", rate: spent, result: { kind: "depleted" } },
      { ...attempt, result: { kind: "throttled" } },
    ]);
    expect(await rowsOf("cleared")).toEqual({ cooldowns: 2, rates: 1, streak: 1 });

    await doors.clearCooldowns("ada");

    expect(await rowsOf("cleared")).toEqual({ cooldowns: 0, rates: 0, streak: 0 });
    expect((await lead(doors)).selection).toMatchObject({ kind: "selected", identities: ["ada"] });
  });

  it("doubles a rest although it was evicted in between", async () => {
    const doors = coordinator("doubling");
    await doors.report([{ ...attempt, result: { kind: "throttled" } }]);
    await runInDurableObject(stubOf("doubling"), (_object, state) => {
      state.storage.sql.exec("DELETE FROM cooldowns"); // as if the first rest had ended
    });
    await evictDurableObject(stubOf("doubling"));
    await doors.report([{ ...attempt, result: { kind: "throttled" } }]);
    const { at, identities } = await doors.snapshot(["ada"]);
    const until = identities[0]?.cooldowns[0]?.until ?? 0;
    expect(until - at).toBeGreaterThan(60_000);
  });

  it("takes a negative proof from its caller's hour, and gives a positive one back", async () => {
    const doors = coordinator("proofs");
    const budget = { callerId: "caller", perHour: 1 };
    const prove = async (name: string, isNegative: boolean) => {
      const fillKey = `proof:${name}`;
      const turn = await doors.begin(anAsk({ fillKey, candidates: [], negativeProofs: budget }));
      if (turn.kind !== "lead") return turn.kind;
      const proof = { budget, isPaid: true, isNegative };
      const { lease } = turn;
      await doors.finish({ fillKey, lease, callerId: "caller", outcome: anOutcome(), attempts: [], proof });
      return "asked";
    };
    expect([await prove("o/a", false), await prove("o/b", true), await prove("o/c", true)]).toEqual([
      "asked",
      "asked",
      "overloaded",
    ]);
  });

  it("chooses for a visibility proof", async () => {
    const doors = coordinator("choosing");
    const ask = { routeKey: "proof o/r", resource: "core", candidates: [ada] };
    expect(await doors.select(ask)).toEqual({
      kind: "selected",
      identities: ["ada"],
      leaseReason: "highest_remaining",
    });
    expect(await doors.select({ ...ask, candidates: [] })).toEqual({ kind: "none", reason: "no_identity" });
  });
});

/** What stands in the object's tables. */
function rowsOf(poolId: string) {
  return runInDurableObject(stubOf(poolId), (_object, state) => {
    const number = (query: string) => Number(Object.values(state.storage.sql.exec(query).one())[0]);
    return {
      cooldowns: number("SELECT count(*) FROM cooldowns"),
      rates: number("SELECT count(*) FROM rates"),
      streak: number("SELECT max(secondary_streak) FROM setbacks"),
    };
  });
}
