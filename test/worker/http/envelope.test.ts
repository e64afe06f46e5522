/** The envelope: its members, their types and when each is there (2-wire). */
import { beforeEach, describe, expect, it } from "vitest";
import { POOL, TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/issues/7";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

describe("an envelope", () => {
  it("of an anonymous miss has these members and no other", async () => {
    const { envelope } = await relay.ask(PATH);
    expect(Object.keys(envelope)).toEqual(["status", "headers", "body", "body_encoding", "relay"]);
    expect(envelope.relay).toEqual({
      pool: POOL,
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      cacheable: true,
      cache: "miss",
      stale_ok: true,
      route_kind: "issue_view",
      cache_expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      cache_created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      age_seconds: 0,
      backend: "web",
    });
  });

  it("of an identity's answer names its id and kind only, also as a hit", async () => {
    await relay.spendAnonymousQuota();
    const miss = await relay.ask(PATH);
    const hit = await relay.ask(PATH);
    for (const { envelope } of [miss, hit]) {
      expect(envelope.identity).toEqual({ id: "pat_alice", kind: "pat" });
      expect(envelope.relay).not.toHaveProperty("backend");
    }
    expect(miss.envelope.relay["lease_reason"]).toMatch(/^(sticky|highest_remaining)$/);
  });

  it("of a route without identities says github_public", async () => {
    const { envelope } = await relay.ask("/users/octocat/repos");
    expect(envelope.relay).toMatchObject({ backend: "github_public" });
    expect(envelope).not.toHaveProperty("identity");
  });

  it.each([
    { name: "JSON null", script: { body_text: "null", content_type: "application/json" }, body: null, as: "json" },
    { name: "a JSON list", script: { body_text: "[]", content_type: "application/json" }, body: [], as: "json" },
    { name: "text", script: { body_text: 'a "b"\n\u2028🐙' }, body: 'a "b"\n\u2028🐙', as: "text" },
    { name: "bytes", script: { body_base64: "AP8=" }, body: "AP8=", as: "base64" },
    { name: "nothing", script: { body_text: "" }, body: null, as: "text" },
  ])("of $name is $as", async ({ script, body, as }) => {
    await relay.github.script([{ path: PATH, times: 1, ...script }]);
    const { envelope } = await relay.ask(PATH);
    expect([envelope.body, envelope.body_encoding]).toEqual([body, as]);
    const again = await relay.ask(PATH);
    expect([again.envelope.body, again.envelope.body_encoding]).toEqual([body, as]);
  });

  it("of /user is the caller's public profile, the same entry as by his login", async () => {
    const self = await relay.ask("/user");
    const named = await relay.ask("/users/Alice");
    expect(self.envelope).toMatchObject({ status: 200, body: { login: "alice" }, relay: { route_kind: "user_view" } });
    expect(named.envelope).toMatchObject({ body: self.envelope.body, relay: { cache: "hit" } });
    const bob = await relay.login("bob");
    expect((await relay.ask("/user", { token: bob })).envelope.body).toMatchObject({ login: "bob" });
  });

  it("is one entry whatever the case, the defaults and the order of the question", async () => {
    await relay.ask("/repos/acme/widget/issues", { query: { state: "open", labels: "a" } });
    const same: readonly { path: string; query: Record<string, string | string[]> }[] = [
      { path: "/repos/ACME/Widget/issues", query: { labels: "a", state: "open" } },
      { path: "/repos/acme/widget/issues", query: { labels: ["a"], state: "open", page: "1", per_page: "30" } },
    ];
    for (const { path, query } of same) {
      expect((await relay.ask(path, { query })).envelope.relay["cache"]).toBe("hit");
    }
    const accept = { accept: "application/vnd.github.v3+json" };
    const again = await relay.ask("/repos/acme/widget/issues", {
      query: { state: "open", labels: "a" },
      headers: accept,
    });
    expect(again.envelope.relay["cache"]).toBe("hit");
  });

  it("is never stored by anybody on the way", async () => {
    const response = await relay.fetch("/v1/github/request", relay.init(PATH));
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("cache-status")).toBe("octopool; fwd=miss; stored");
  });
});
