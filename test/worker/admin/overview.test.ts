/** The overview's procedures, asked through the door. */
import { beforeEach, describe, expect, it } from "vitest";
import type { PoolStanding, Usage } from "../../../shared/dashboard/overview.ts";
import { setPoolGrant } from "../../../server/store/callers.ts";
import { anAct } from "../store/rows.ts";
import { Browser, makeOperator, OAUTH } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
let browser: Browser;
beforeEach(async () => {
  relay = await new TestRelay({ vars: OAUTH }).seed({ identities: ["pat_alice", "pat_bob"] });
  browser = await new Browser(relay).signInAsOperator("alice");
});

const usage = async (window: unknown = "1h") =>
  (await browser.query("overview.usage", { pool: POOL, window })).data as Usage;
const standing = async () => (await browser.query("overview.standing", { pool: POOL })).data as PoolStanding;

describe("who may ask", () => {
  it.each([
    {
      who: "an operator of another pool",
      code: "pool_not_held",
      status: 403,
      login: "bob",
      pool: "another",
      role: "admin",
    },
    {
      who: "a member without the role",
      code: "operator_required",
      status: 403,
      login: "bob",
      pool: POOL,
      role: "none",
    },
  ] as const)("not $who", async ({ login, pool, role, code, status }) => {
    if (role === "admin") await makeOperator(relay, login, role, pool);
    const other = new Browser(relay);
    await other.signIn(login);
    for (const procedure of ["overview.usage", "overview.standing"]) {
      const answer = await other.query(procedure, { pool: POOL, window: "1h" });
      expect([answer.status, answer.refusal?.code]).toEqual([status, code]);
    }
  });

  it("not an operator whose grant was taken away", async () => {
    await setPoolGrant(relay.db, { poolId: POOL, callerId: "gh_101", granted: false }, anAct());
    expect((await browser.query("overview.standing", { pool: POOL })).refusal?.code).toBe("pool_not_held");
  });

  it.each([
    { input: { pool: POOL }, code: "invalid_request" },
    { input: { pool: POOL, window: "2h" }, code: "invalid_request" },
    { input: { pool: "no pool!", window: "1h" }, code: "invalid_request" },
    { input: { pool: POOL, window: { from: 0, to: Date.UTC(2026, 1, 1) } }, code: "invalid_window" },
  ])("nothing but a pool and a window: $input", async ({ input, code }) => {
    const answer = await browser.query("overview.usage", input);
    expect([answer.status, answer.refusal?.code]).toEqual([400, code]);
  });
});

describe("usage", () => {
  it("counts what was asked, by how it was answered", async () => {
    await relay.ask("/repos/acme/widget");
    await relay.ask("/repos/acme/widget");
    await relay.ask("/notifications");
    const { now, before, routes, troubles, buckets } = await usage();
    expect(now.counts).toMatchObject({ hit: 1, miss: 1, fallback: 1, error: 0 });
    expect(before.counts).toMatchObject({ hit: 0, miss: 0, fallback: 0 });
    expect(routes.map(({ id }) => id)).toContain("repo_view");
    expect(troubles).toMatchObject([{ status: "fallback", code: "route_denied", requests: 1 }]);
    expect(buckets.reduce((sum, bucket) => sum + bucket.now.counts.hit, 0)).toBe(1);
  });

  it("tells what operators did, in the window", async () => {
    const { acts } = await usage();
    expect(acts.map(({ action }) => action)).toContain("operator.set");
    relay.later(2 * 3_600_000);
    expect((await usage()).acts).toEqual([]);
  });

  it("is empty where nothing was asked", async () => {
    const { now, routes, buckets, lostRows } = await usage("15m");
    expect(now).toMatchObject({ saved: 0, units: 0, p50: null, p95: null });
    expect([routes, lostRows]).toEqual([[], 0]);
    expect(buckets.length).toBeGreaterThanOrEqual(60);
  });
});

describe("standing", () => {
  it("knows each identity's budget once it was used", async () => {
    await relay.spendAnonymousQuota();
    await relay.ask("/repos/acme/widget/pulls/7");
    const { identities, isKnown } = await standing();
    expect(isKnown).toBe(true);
    expect(identities.flatMap(({ resources }) => resources.map(({ id }) => id))).toContain("core");
    expect(identities.every(({ ability }) => ability === "able")).toBe(true);
  });

  it("puts first what somebody must mend", async () => {
    relay.setVars({ PAT_BOB: null });
    const { identities } = await standing();
    expect(identities.map(({ id, ability, problem }) => [id, ability, problem])).toEqual([
      ["pat_bob", "broken", "identity_secret_missing"],
      ["pat_alice", "able", null],
    ]);
  });

  it("says so where the coordinator does not answer", async () => {
    const deaf = {
      idFromName: () => ({}),
      get: () => ({ snapshot: () => Promise.reject(new Error("restarting")) }),
    };
    relay.setBindings({ POOL_COORDINATOR: deaf });
    const { isKnown, identities } = await standing();
    expect(isKnown).toBe(false);
    expect(identities.map(({ ability }) => ability)).toEqual(["unknown", "unknown"]);
  });

  it("names secrets, and holds none", async () => {
    await relay.ask("/repos/acme/widget/pulls/7");
    const text = JSON.stringify([await standing(), await usage()]);
    expect(text).toContain("PAT_ALICE");
    for (const secret of [relay.vars["PAT_ALICE"], relay.vars["OCTOPOOL_ADMIN_TOKEN"], relay.callerToken]) {
      expect(text).not.toContain(secret);
    }
  });
});
