/** Conditions: the caller's own, answered from a stored copy or passed on; and ours, which renew a copy for nothing. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/issues/7";
const BODY = { number: 7, state: "open", title: "one" };
const MODIFIED = "Mon, 01 Jun 2026 10:00:00 GMT";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

describe("a caller's condition, with a fresh copy", () => {
  it.each<{ headers: Record<string, string>; status: number }>([
    { headers: { "if-none-match": '"v1"' }, status: 304 },
    { headers: { "if-none-match": 'W/"v1"' }, status: 304 },
    { headers: { "if-none-match": '"v0" , W/"v1"' }, status: 304 },
    { headers: { "if-none-match": "*" }, status: 304 },
    { headers: { "if-none-match": '"v2"' }, status: 200 },
    { headers: { "if-none-match": '"v"' }, status: 200 },
    { headers: { "if-modified-since": MODIFIED }, status: 304 },
    { headers: { "if-modified-since": "Tue, 02 Jun 2026 10:00:00 GMT" }, status: 304 },
    { headers: { "if-modified-since": "Sun, 31 May 2026 10:00:00 GMT" }, status: 200 },
    { headers: { "if-modified-since": "yesterday" }, status: 200 },
    { headers: { "if-none-match": '"v2"', "if-modified-since": MODIFIED }, status: 200 },
  ])("$headers is answered $status without GitHub", async ({ headers, status }) => {
    await relay.github.script([
      { path: PATH, body: BODY, headers: { etag: 'W/"v1"', "last-modified": MODIFIED }, times: 1 },
    ]);
    await relay.ask(PATH);
    await relay.github.clearLog();
    const { envelope } = await relay.ask(PATH, { headers });
    expect(envelope).toMatchObject({
      status,
      headers: { etag: 'W/"v1"' },
      relay: { cache: "hit" },
      ...(status === 304 ? { body: null, body_encoding: "text" } : { body: BODY, body_encoding: "json" }),
    });
    expect(await relay.github.log()).toEqual([]);
  });

  it("that matches a stored 404 gives the 404", async () => {
    const missing = "/repos/acme/widget/issues/99000";
    await relay.ask(missing);
    const { envelope } = await relay.ask(missing, { headers: { "if-none-match": "*" } });
    expect(envelope).toMatchObject({ status: 404, relay: { cache: "hit" } });
  });
});

describe("a caller's condition, with nothing stored", () => {
  it("goes to GitHub, and its 304 is nobody else's answer", async () => {
    await relay.github.script([{ path: PATH, body: BODY, headers: { etag: '"v1"' }, times: 2 }]);
    const own = await relay.ask(PATH, { headers: { "if-none-match": '"v1"' } });
    expect(own.envelope).toMatchObject({ status: 304, body: null, relay: { cache: "bypass", cacheable: false } });
    expect((await relay.reads(PATH)).map(({ status }) => status)).toEqual([304]);
    const plain = await relay.ask(PATH);
    expect(plain.envelope).toMatchObject({ status: 200, body: BODY, relay: { cache: "miss" } });
    relay.newIsolate();
    expect((await relay.ask(PATH)).envelope).toMatchObject({ status: 200, body: BODY });
  });

  it("that does not match gives GitHub's 200", async () => {
    await relay.github.script([{ path: PATH, body: BODY, headers: { etag: '"v1"' }, times: 1 }]);
    const { envelope } = await relay.ask(PATH, { headers: { "if-none-match": '"v0"' } });
    expect(envelope).toMatchObject({ status: 200, body: BODY });
    expect((await relay.ask(PATH)).envelope).toMatchObject({ status: 200, body: BODY, relay: { cache: "hit" } });
  });

  it("never answers an unconditional question that waits beside it", async () => {
    await relay.github.script([{ path: PATH, body: BODY, headers: { etag: '"v1"' }, times: 2 }]);
    await relay.github.gate("both", { path: PATH });
    const asked = [relay.ask(PATH, { headers: { "if-none-match": '"v1"' } }), relay.ask(PATH)];
    await relay.github.waitFor(2, { path: PATH });
    await relay.github.release("both");
    const [own, plain] = await Promise.all(asked);
    expect([own?.envelope.status, plain?.envelope.status]).toEqual([304, 200]);
  });
});

describe("a copy past its end", () => {
  it("is renewed by the identity that filled it, for nothing", async () => {
    await relay.spendAnonymousQuota();
    const first = await relay.ask(PATH);
    await relay.github.clearLog();
    relay.later(400_000);
    const renewed = await relay.ask(PATH);
    expect(renewed.envelope).toMatchObject({
      status: 200,
      body: first.envelope.body,
      identity: { id: "pat_alice" },
      relay: { cache: "hit", revalidated: true, age_seconds: 0 },
    });
    expect(await relay.reads(PATH)).toMatchObject([{ credential: "alice", status: 304, charged: 0 }]);
    expect((await relay.ask(PATH)).envelope.relay).toMatchObject({ cache: "hit" });
    expect((await relay.ask(PATH)).envelope.relay).not.toHaveProperty("revalidated");
    relay.newIsolate();
    expect((await relay.ask(PATH)).envelope).toMatchObject({ body: first.envelope.body, relay: { cache: "hit" } });
    expect(await relay.reads(PATH)).toHaveLength(1);
  });

  it("that has changed is fetched anew", async () => {
    await relay.spendAnonymousQuota();
    const first = await relay.ask(PATH);
    await relay.github.touch(PATH);
    relay.later(400_000);
    const second = await relay.ask(PATH);
    expect(second.envelope.relay).toMatchObject({ cache: "miss" });
    expect(second.envelope.headers["etag"]).not.toBe(first.envelope.headers["etag"]);
  });

  it("is not asked for with another identity's validator", async () => {
    await relay.spendAnonymousQuota();
    await relay.ask(PATH);
    await relay.addIdentity("pat_bob");
    await relay.github.setQuota("alice", "core", { remaining: 0 });
    await relay.ask("/repos/acme/widget/issues/8"); // teaches that alice's quota is gone
    relay.later(400_000);
    await relay.github.clearLog();
    await relay.ask(PATH);
    const [read] = (await relay.github.log({ path: PATH })).filter(({ credential }) => credential === "bob");
    expect(read).toMatchObject({ if_none_match: false, status: 200 });
  });

  it("answers the caller's own condition after its renewal", async () => {
    await relay.spendAnonymousQuota();
    const first = await relay.ask(PATH);
    relay.later(400_000);
    const { envelope } = await relay.ask(PATH, { headers: { "if-none-match": first.envelope.headers["etag"] ?? "" } });
    expect(envelope).toMatchObject({ status: 304, relay: { cache: "hit", revalidated: true } });
    const byAlice = (await relay.reads(PATH)).filter(({ credential }) => credential === "alice");
    expect(byAlice.map(({ charged }) => charged)).toEqual([1, 0]);
    expect((await relay.ask(PATH)).envelope).toMatchObject({ status: 200, body: first.envelope.body });
  });

  it("keeps its Link through hit, renewal and store", async () => {
    const list = "/repos/acme/widget/issues";
    await relay.spendAnonymousQuota();
    const first = await relay.ask(list, { query: { per_page: "2" } });
    expect(first.envelope.headers["link"]).toContain('rel="next"');
    relay.later(130_000);
    const renewed = await relay.ask(list, { query: { per_page: "2" } });
    relay.newIsolate();
    const stored = await relay.ask(list, { query: { per_page: "2" } });
    expect(renewed.envelope.relay).toMatchObject({ revalidated: true });
    for (const { envelope } of [renewed, stored]) expect(envelope.headers["link"]).toBe(first.envelope.headers["link"]);
  });
});
