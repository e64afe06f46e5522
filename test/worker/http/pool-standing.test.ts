import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

async function standing(token = relay.callerToken, pool = POOL) {
  const response = await relay.fetch(`/v1/pools/${pool}/standing`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("a pool's standing", () => {
  it("names what each identity has left, by what GitHub last said", async () => {
    await relay.seed({ identities: ["pat_alice", "pat_carol"] }); // PAT_CAROL is no secret of this server
    await relay.spendAnonymousQuota();
    await relay.github.setQuota("alice", "core", { remaining: 4_000 });
    await relay.ask(PULL);
    const { body } = await standing();
    expect(body["identities"]).toMatchObject([
      {
        id: "pat_alice",
        kind: "pat",
        status: "active",
        secret_present: true,
        in_flight: 0,
        resources: [{ resource: "core", limit: 5000, remaining: 3_999 }],
        cooldowns: [],
      },
      { id: "pat_carol", secret_present: false, resources: [] },
    ]);
    expect(body["fills"]).toEqual({ in_flight: 0, waiting: 0 });
  });

  it("says why an identity rests, and until when", async () => {
    await relay.seed();
    await relay.spendAnonymousQuota();
    await relay.ask("/repos/acme/widget/topics");
    await relay.github.addFault({ kind: "secondary", status: 403, retry_after: 60, match: { path: PULL } });
    await relay.ask(PULL);
    const { body } = await standing();
    expect(body["identities"]).toMatchObject([{ cooldowns: [{ scope: "identity", cause: "retry_after" }] }]);
  });

  it("shows a caller's own last requests and nobody else's", async () => {
    await relay.seed();
    const bob = await relay.login("bob", "desk");
    await relay.ask(PULL);
    await relay.ask("/repos/acme/widget/issues/8", { token: bob });
    await relay.ask("/user/secrets");
    const { body } = await standing();
    expect(body["recent"]).toMatchObject([
      { route_kind: "unclassified", status: 424, fallback_reason: "route_denied", client_name: "laptop" },
      { route_kind: "pr_view", route_key: "/repos/acme/widget/pulls/{number}", status: 200, cache: "miss" },
    ]);
    expect((await standing(bob)).body["recent"]).toMatchObject([{ client_name: "desk", route_kind: "issue_view" }]);
  });

  it("is for callers of the pool only", async () => {
    await relay.seed();
    expect((await standing("op_unknown")).status).toBe(401);
    expect((await standing(relay.callerToken, "finance")).status).toBe(401);
  });

  it("holds no secret and no name of one", async () => {
    await relay.seed();
    await relay.ask(PULL);
    expect(JSON.stringify((await standing()).body)).not.toMatch(/PAT_ALICE|op_|ghp_/);
  });
});
