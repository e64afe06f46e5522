import { describe, expect, it } from "vitest";
import type { BeginAsk, BeginTurn } from "../../../server/coordinator/protocol.ts";
import type { Deps } from "../../../server/deps.ts";
import { beginFill } from "../../../server/relay/begin-fill.ts";
import { aJob, anAsk, anIdentity, aPool } from "../../support/builders.ts";

const FILL = { acceptFinishedMs: 2_000, waitMs: 9_000, shared: true };
const TIMEOUT: BeginTurn = { kind: "timeout" };

async function begin(answers: readonly (BeginTurn | "unreachable")[], pool = aPool()) {
  const asked: BeginAsk[] = [];
  const coordinator = () => ({
    begin: async (ask: BeginAsk) => {
      const answer = answers[asked.push(ask) - 1];
      if (answer === undefined || answer === "unreachable") throw new Error("restarts");
      return answer;
    },
  });
  const deps = { coordinator: coordinator as unknown as Deps["coordinator"] };
  const job = aJob(anAsk("/repos/acme/widget/pulls/1"), pool);
  return { turn: await beginFill(job, { ...FILL, preferred: "ada" }, deps), asked, job };
}

describe("beginFill", () => {
  it("asks with the job's key, the caller's budget and those who may serve", async () => {
    const policy = { max_concurrent_per_caller: 3, fills_per_hour_per_caller: 40 };
    const { turn, asked, job } = await begin([TIMEOUT], aPool([anIdentity("ada"), anIdentity("eve", [])], policy));
    expect(turn).toEqual(TIMEOUT);
    expect(asked).toEqual([
      {
        ...FILL,
        fillKey: job.cacheKey,
        routeKey: "pr_view acme/widget",
        resource: "core",
        budget: { callerId: "caller-1", maxConcurrent: 3, fillsPerHour: 40 },
        candidates: [{ id: "ada", kind: "pat", weight: 100 }],
        preferred: "ada",
      },
    ]);
  });

  it("asks once more of an object that restarts", async () => {
    const { turn, asked } = await begin(["unreachable", TIMEOUT]);
    expect([turn, asked.length]).toEqual([TIMEOUT, 2]);
  });

  it("leads alone where nobody answers, by weight", async () => {
    const pool = aPool([anIdentity("ada"), anIdentity("bob", ["*"], { weight: 300 })]);
    const { turn, asked } = await begin(["unreachable", "unreachable"], pool);
    expect(asked).toHaveLength(2);
    expect(turn).toEqual({
      kind: "lead",
      lease: null,
      selection: { kind: "selected", identities: ["bob", "ada"], leaseReason: "highest_remaining" },
    });
  });

  it("leads alone without anybody where nobody may serve", async () => {
    const { turn } = await begin(["unreachable", "unreachable"], aPool([]));
    expect(turn).toEqual({ kind: "lead", lease: null, selection: { kind: "none", reason: "no_identity" } });
  });
});
