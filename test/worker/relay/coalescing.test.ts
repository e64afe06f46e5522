/** One question, one request (promise 3), with the anonymous quota gone: a pooled PAT pays once for everybody. */
import { beforeEach, describe, expect, it } from "vitest";
import { untilFollowing } from "../support/followers.ts";
import { TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";

describe("with the anonymous quota gone", () => {
  let relay: TestRelay;

  beforeEach(async () => {
    relay = new TestRelay();
    await relay.github.reset();
    await relay.seed();
    await relay.spendAnonymousQuota();
    // One read tells the relay that the quota is gone.
    await relay.ask("/repos/acme/widget/topics");
    await relay.github.clearLog();
  });

  it("answers a second caller from what a PAT fetched for the first", async () => {
    const first = await relay.ask(PULL);
    const bob = await relay.login("bob");
    relay.newIsolate();
    const second = await relay.ask(PULL, { token: bob });
    expect(first.envelope).toMatchObject({
      status: 200,
      identity: { id: "pat_alice", kind: "pat" },
      relay: { cache: "miss" },
    });
    expect(second.envelope).toMatchObject({ status: 200, relay: { cache: "hit" } });
    expect(second.envelope.body).toEqual(first.envelope.body);
    expect(await relay.reads(PULL)).toHaveLength(1);
  });

  it("asks GitHub once for a hundred simultaneous identical questions", async () => {
    await relay.github.gate("pull", { path: PULL });
    const asked = Array.from({ length: 100 }, () => relay.ask(PULL));
    await relay.github.waitFor(1, { path: PULL });
    await untilFollowing(99);
    await relay.github.release("pull");
    const answers = await Promise.all(asked);
    expect(answers.map(({ http, envelope }) => [http, envelope.status])).toEqual(answers.map(() => [200, 200]));
    expect(answers.filter(({ envelope }) => envelope.relay["coalesced"] === true)).toHaveLength(99);
    expect(await relay.reads(PULL)).toHaveLength(1);
  });

  it("asks GitHub once for a hundred simultaneous questions about something that is not there", async () => {
    const missing = "/repos/acme/widget/pulls/99999999";
    await relay.github.script([{ path: missing, status: 404, body: { message: "Not Found" } }]);
    await relay.github.gate("missing", { path: missing });
    const asked = Array.from({ length: 100 }, () => relay.ask(missing));
    await relay.github.waitFor(1, { path: missing });
    await untilFollowing(99);
    await relay.github.release("missing");
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ envelope }) => envelope.status))).toEqual(new Set([404]));
    expect(await relay.reads(missing)).toHaveLength(1);
    const again = await relay.ask(missing);
    expect(again.envelope.relay["cache"]).toBe("hit");
  });

  it("shares one failure of GitHub among a hundred askers", async () => {
    await relay.github.script([{ path: PULL, status: 502, body_text: "bad gateway" }]);
    await relay.github.gate("pull", { path: PULL });
    const asked = Array.from({ length: 100 }, () => relay.ask(PULL));
    await relay.github.waitFor(1, { path: PULL });
    await relay.github.release("pull");
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ envelope }) => envelope.error?.details?.["reason"]))).toEqual(
      new Set(["github_unavailable"]),
    );
    expect(await relay.reads(PULL)).toHaveLength(1);
  });

  it("asks nobody anonymously until the quota's reset", async () => {
    for (const number of [1, 2, 3]) await relay.ask(`/repos/acme/widget/issues/${number}`);
    expect((await relay.reads()).filter(({ credential }) => credential === "anonymous")).toEqual([]);
  });

  it("knows in a new isolate that the quota is gone", async () => {
    relay.newIsolate();
    await relay.ask("/repos/acme/widget/issues/4");
    expect((await relay.reads()).map(({ credential }) => credential)).not.toContain("anonymous");
  });

  it("coalesces callers with the same bound, and does not answer a live read from a copy", async () => {
    await relay.ask(PULL);
    await relay.github.gate("pull", { path: PULL });
    const asked = Array.from({ length: 20 }, () => relay.ask(PULL, { headers: { "cache-control": "max-age=0" } }));
    await relay.github.waitFor(2, { path: PULL });
    await relay.github.release("pull");
    const answers = await Promise.all(asked);
    expect(answers.every(({ envelope }) => envelope.status === 200)).toBe(true);
    expect(await relay.reads(PULL)).toHaveLength(2);
  });
});
