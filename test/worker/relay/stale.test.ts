/** Older copies: in an outage, never past the caller's bound nor their own end; and while a refresh runs (4-cache). */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
/** An open pull: 120 s fresh, then 60 s refreshed behind the answer, then stale to 3,600 s past its end. */
const [FRESH, SWR, STALE] = [120_000, 60_000, 3_600_000];

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay({ vars: { REQUEST_TIMEOUT_MS: "1500", PUBLIC_REPO_TTL_SECONDS: "86400" } });
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
});

/** `200 stale reason`, `200 hit`, or `424 reason`. */
async function outcomeOf(headers: Record<string, string> = {}): Promise<string> {
  const { http, envelope } = await relay.ask(PULL, { headers });
  if (http !== 200) return `${http} ${envelope.error?.details?.["reason"]}`;
  return `${envelope.status} ${[envelope.relay["cache"], envelope.relay["stale_reason"]].filter(Boolean).join(" ")}`;
}

const report = (result: object, rate?: object) =>
  coordinatorFor(env.POOL_COORDINATOR, POOL).report([
    {
      identityId: "pat_alice",
      kind: "pat",
      resource: "core",
      routeKey: "elsewhere",
      durationMs: 1,
      result: result as never,
      ...(rate === undefined ? {} : { rate: rate as never }),
    },
  ]);

const TROUBLES: readonly { readonly name: string; readonly reason: string; readonly start: () => Promise<unknown> }[] =
  [
    ...[500, 502, 503, 504].map((status) => ({
      name: `GitHub answers ${status}`,
      reason: "github_unavailable",
      start: () => relay.github.addFault({ kind: "status", status, match: { path: PULL } }),
    })),
    {
      name: "GitHub hangs",
      reason: "github_unavailable",
      start: () => relay.github.addFault({ kind: "hang", match: { path: PULL } }),
    },
    {
      name: "the connection breaks",
      reason: "github_unavailable",
      start: () => relay.github.addFault({ kind: "reset", match: { path: PULL } }),
    },
    {
      name: "the answer is cut off",
      reason: "github_unavailable",
      start: async () => {
        await relay.github.touch(PULL); // a 304 has nothing to cut off
        await relay.github.addFault({ kind: "truncated", match: { path: PULL } });
      },
    },
    {
      name: "GitHub throttles",
      reason: "github_rate_limited",
      start: () => relay.github.addFault({ kind: "secondary", status: 403, retry_after: 60, match: { path: PULL } }),
    },
    {
      name: "GitHub says the quota is gone",
      reason: "identity_pool_depleted",
      start: () => relay.github.setQuota("alice", "core", { remaining: 0 }),
    },
    {
      name: "the identity rests",
      reason: "identities_cooling_down",
      start: () => report({ kind: "throttled", retryAfterMs: 7_200_000 }),
    },
    {
      name: "the identity's quota is known as gone",
      reason: "identity_pool_depleted",
      start: () =>
        report(
          { kind: "ok", charged: true },
          { resource: "core", limit: 5000, remaining: 0, used: 5000, resetAt: Date.now() + 10 * STALE },
        ),
    },
    {
      name: "the credential is refused",
      reason: "no_identity",
      start: () => relay.github.addFault({ kind: "unauthorized", match: { path: PULL } }),
    },
    {
      name: "there is no identity any more",
      reason: "no_identity",
      start: async () => {
        relay.setVars({ PAT_ALICE: null });
        relay.newIsolate();
      },
    },
  ];

describe("while", () => {
  it.each(TROUBLES)("$name, an older copy is served and says so: $reason", async ({ reason, start }) => {
    expect(await outcomeOf()).toBe("200 miss");
    relay.later(FRESH + SWR + 1_000);
    await start();
    expect(await outcomeOf()).toBe(`200 stale ${reason}`);
  });

  it.each(TROUBLES)("$name, no copy older than the caller's bound is", async ({ start }) => {
    await outcomeOf();
    relay.later(FRESH + SWR + 1_000);
    await start();
    expect(await outcomeOf({ "cache-control": "max-age=180" })).toMatch(/^424 /);
    expect(await outcomeOf({ "cache-control": "max-age=0" })).toMatch(/^424 /);
    expect(await outcomeOf({ "cache-control": "max-age=600" })).toMatch(/^(200 stale|424 )/);
  });

  it.each(TROUBLES.slice(0, 1))("$name, no copy past its stale end is", async ({ start }) => {
    await outcomeOf();
    await start();
    relay.later(FRESH + STALE - 1_000);
    expect(await outcomeOf()).toBe("200 stale github_unavailable");
    relay.later(1_000);
    expect(await outcomeOf()).toBe("424 github_unavailable");
    relay.newIsolate();
    expect(await outcomeOf()).toBe("424 github_unavailable");
  });

  it("a permission is missing, the copy does not stand in: the answer is the identity's", async () => {
    await outcomeOf();
    relay.later(FRESH + SWR + 1_000);
    await relay.github.addFault({ kind: "forbidden", reason: "permission", match: { path: PULL } });
    expect(await outcomeOf()).toBe("424 github_identity_forbidden");
  });

  it("the repository is no longer proven public, nothing is served, outage or not", async () => {
    relay.setVars({ PUBLIC_REPO_TTL_SECONDS: "30" });
    relay.newIsolate();
    await relay.github.reset();
    await outcomeOf();
    await relay.github.addFault({ kind: "status", status: 502 });
    relay.later(31_000);
    expect(await outcomeOf()).toBe("424 repo_public_check_failed");
  });
});

describe("while GitHub fails, a copy that only D1 has", () => {
  it("is everybody's, of those too who came while another looked for it", async () => {
    await outcomeOf();
    relay.later(FRESH + SWR + 1_000);
    relay.newIsolate();
    relay.forgetEdge();
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PULL } });
    await relay.github.gate("failing", { path: PULL });
    await relay.github.clearLog();
    const asked = Array.from({ length: 20 }, () => outcomeOf());
    await relay.github.waitFor(1, { path: PULL });
    await relay.github.release("failing");
    expect(new Set(await Promise.all(asked))).toEqual(new Set(["200 stale github_unavailable"]));
  });
});

describe("just past its end", () => {
  it("a copy is served at once, and one refresh runs behind it", async () => {
    await outcomeOf();
    await relay.github.clearLog();
    relay.later(FRESH + 1_000);
    await relay.github.touch(PULL);
    const asked = await Promise.all(Array.from({ length: 20 }, () => outcomeOf()));
    expect(new Set(asked)).toEqual(new Set(["200 stale revalidating"]));
    expect(await relay.reads(PULL)).toHaveLength(1);
    expect(await outcomeOf()).toBe("200 hit");
    expect(await relay.reads(PULL)).toHaveLength(1);
  });

  it("is not for who bounds its age: he waits for the refresh", async () => {
    await outcomeOf();
    relay.later(FRESH + 1_000);
    expect(await outcomeOf({ "cache-control": "max-age=120" })).toMatch(/^200 (hit|miss)$/);
  });

  it("goes on being served while refreshing fails, to the end of its stale window", async () => {
    await outcomeOf();
    relay.later(FRESH + 1_000);
    await relay.github.addFault({ kind: "status", status: 502, match: { path: PULL } });
    expect(await outcomeOf()).toBe("200 stale revalidating");
    relay.later(SWR);
    expect(await outcomeOf()).toBe("200 stale github_unavailable");
  });
});

describe("a caller's bound", () => {
  it.each([
    { age: 3, bound: 10, says: "200 hit" },
    { age: 11, bound: 10, says: "200 hit" },
    { age: 0, bound: 0, says: "200 hit" },
  ])("of $bound s asks GitHub about a copy of $age s only where it is older", async ({ age, bound, says }) => {
    await outcomeOf();
    await relay.github.clearLog();
    relay.later(age * 1000);
    expect(await outcomeOf({ "cache-control": `max-age=${bound}` })).toBe(says);
    expect(await relay.reads(PULL)).toHaveLength(age > bound || bound === 0 ? 1 : 0);
  });

  it("makes the answer younger for everybody after it", async () => {
    await outcomeOf();
    relay.later(100_000);
    await outcomeOf({ "cache-control": "max-age=5" });
    relay.later(30_000);
    const { envelope } = await relay.ask(PULL);
    expect(envelope.relay).toMatchObject({ cache: "hit", age_seconds: 30 });
  });
});
