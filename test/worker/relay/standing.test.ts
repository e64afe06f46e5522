/** `GET /rate_limit`: the pool's own standing in GitHub's shape, out of what is known, at no cost. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

interface Reading {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  readonly reset: number;
}
interface Standing {
  readonly resources: Readonly<Record<string, Reading>>;
  readonly rate: Reading;
  readonly octopool: Readonly<Record<string, unknown>>;
}

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

async function standing(): Promise<Standing> {
  await relay.github.clearLog();
  const { http, envelope } = await relay.ask("/rate_limit");
  expect([http, envelope.status]).toEqual([200, 200]);
  expect(envelope.relay).toMatchObject({ cache: "bypass", cacheable: false, route_kind: "rate_limit" });
  expect(envelope).not.toHaveProperty("identity");
  expect(await relay.github.log()).toEqual([]);
  return envelope.body as Standing;
}

const CORE = { limit: 5000, remaining: 5000, used: 0 };

describe("the pool's standing", () => {
  it("of identities nobody has used is full, and adds up over them", async () => {
    await relay.seed({ identities: ["pat_alice", "pat_bob"] });
    const { resources, rate, octopool } = await standing();
    expect(resources["core"]).toMatchObject({ limit: 10_000, remaining: 10_000, used: 0 });
    expect(resources["search"]).toMatchObject({ limit: 60, remaining: 60 });
    expect(Object.keys(resources).sort()).toEqual(["code_search", "core", "graphql", "search"]);
    expect(rate).toEqual(resources["core"]);
    expect(octopool).toEqual({ pooled: true, pool: "maintainers", identities: 2 });
  });

  it("tells what the last answers told, and is full again after the reset", async () => {
    await relay.seed();
    await relay.spendAnonymousQuota();
    await relay.github.setQuota("alice", "core", { remaining: 100 });
    await relay.ask("/repos/acme/widget/pulls/7");
    const { resources } = await standing();
    expect(resources["core"]).toMatchObject({ limit: 5000, remaining: 99, used: 4901 });
    expect(resources["core"]?.reset).toBeGreaterThan(Date.now() / 1000);
    relay.later(2 * 3_600_000);
    expect((await standing()).resources["core"]).toMatchObject(CORE);
  });

  it("leaves out identities whose secret is missing, and is nothing without any", async () => {
    await relay.seed({ identities: ["pat_alice", "pat_carol"] }); // there is no PAT_CAROL
    expect((await standing()).resources["core"]).toMatchObject(CORE);
    relay.setVars({ PAT_ALICE: null });
    expect((await standing()).resources["core"]).toMatchObject({ limit: 0, remaining: 0, used: 0 });
  });

  it("takes no parameters and names no identity", async () => {
    await relay.seed();
    const { http, envelope } = await relay.ask("/rate_limit", { query: { per_page: "1" } });
    expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "route_denied"]);
    expect(JSON.stringify(await standing())).not.toContain("alice");
  });

  it("comes raw as well", async () => {
    await relay.seed();
    const response = await relay.askRaw("/rate_limit");
    expect([response.status, response.headers.get("x-octopool-cache")]).toEqual([200, "bypass"]);
    expect(((await response.json()) as Standing).resources["core"]).toMatchObject(CORE);
  });
});
