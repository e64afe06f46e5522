/** POST /v1/admin/pools/:pool/purge against stored answers: at once here, within the memo bound in another isolate. */
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";
const ISSUE = "/repos/acme/widget/issues/8";

describe("purge", () => {
  let relay: TestRelay;

  beforeEach(async () => {
    relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "600" } });
    await relay.github.reset();
    await relay.seed();
    for (const path of [PULL, ISSUE]) await relay.ask(path);
  });

  const purge = async (body: unknown) => {
    const response = await relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, body);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const cacheOf = async (path: string) => (await relay.ask(path)).envelope.relay;

  it.each([
    { name: "a surrogate key", body: { keys: ["pull:acme/widget#7"] }, purged: 1, pull: true, issue: false },
    { name: "a repository, however it is written", body: { repo: "Acme/Widget" }, purged: 2, pull: true, issue: true },
    { name: "a path in all its variants", body: { path: ISSUE }, purged: 1, pull: false, issue: true },
    {
      name: "several keys, counting nothing twice",
      body: { keys: ["pull:acme/widget#7", "repo:acme/widget"] },
      purged: 2,
      pull: true,
      issue: true,
    },
    { name: "a key that names nothing", body: { keys: ["pull:acme/other#1"] }, purged: 0, pull: false, issue: false },
  ])("ends $name", async ({ body, purged, pull, issue }) => {
    expect(await purge(body)).toEqual({ status: 200, body: { purged, dry_run: false } });
    const ends = (relayFacts: Record<string, unknown>) =>
      relayFacts["cache"] === "miss" || relayFacts["revalidated"] === true;
    expect(ends(await cacheOf(PULL))).toBe(pull);
    expect(ends(await cacheOf(ISSUE))).toBe(issue);
  });

  it("binds another isolate once its memo has ended, for copies at the edge as well", async () => {
    const first = relay.isolateNow();
    relay.newIsolate();
    await relay.ask(PULL);
    const second = relay.isolateNow();
    relay.use(first);
    await purge({ keys: ["pull:acme/widget#7"] });
    relay.use(second);
    relay.later(30_001); // CONFIG_TTL_SECONDS
    const facts = await cacheOf(PULL);
    expect(facts["cache"] === "miss" || facts["revalidated"] === true).toBe(true);
  });

  it("counts and does nothing on a dry run", async () => {
    expect(await purge({ repo: "acme/widget", dry_run: true })).toEqual({
      status: 200,
      body: { purged: 2, dry_run: true },
    });
    expect((await cacheOf(PULL))["cache"]).toBe("hit");
  });

  it.each([
    { name: "nothing named", body: {}, status: 400, code: "invalid_request" },
    {
      name: "a path outside the catalogue",
      body: { path: "/repos/acme/widget/actions/secrets" },
      status: 424,
      code: "route_denied",
    },
    { name: "a path that climbs", body: { path: "/repos/../x" }, status: 400, code: "invalid_path" },
  ])("refuses $name", async ({ body, status, code }) => {
    const refused = await purge(body);
    expect([refused.status, (refused.body["error"] as { code: string }).code]).toEqual([status, code]);
  });

  it("refuses a pool that is not there", async () => {
    const response = await relay.admin("POST", "/v1/admin/pools/nobody/purge", { repo: "acme/widget" });
    expect(response.status).toBe(404);
  });
});
