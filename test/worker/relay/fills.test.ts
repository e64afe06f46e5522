/** Fills that cannot go wrong: without a coordinator, over its restart, with a leader that hangs up, with D1 down. */
import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { untilFollowing } from "../support/followers.ts";
import { TestRelay } from "../support/relay.ts";

const PULL = "/repos/acme/widget/pulls/7";

async function opened(bindings: Readonly<Record<string, unknown>> = {}): Promise<TestRelay> {
  const relay = new TestRelay({ bindings });
  await relay.github.reset();
  await relay.seed();
  return relay;
}

/** Every door of every object refuses, as where the platform cannot reach it. */
const unreachable = {
  idFromName: () => "nowhere",
  get: () => new Proxy({}, { get: () => async () => Promise.reject(new Error("the object cannot be reached")) }),
};

const deadD1 = {
  prepare: () => {
    throw new Error("D1 is down");
  },
  batch: async () => Promise.reject(new Error("D1 is down")),
};

describe("a fill", () => {
  let relay: TestRelay;

  beforeEach(async () => {
    relay = await opened();
  });

  it("is done alone where the coordinator cannot be reached", async () => {
    const alone = new TestRelay({ bindings: { POOL_COORDINATOR: unreachable } });
    alone.callerToken = relay.callerToken;
    const first = await alone.ask(PULL);
    expect(first.envelope).toMatchObject({ status: 200, relay: { cache: "miss" } });
    alone.newIsolate();
    expect((await alone.ask(PULL)).envelope.relay["cache"]).toBe("hit");
  });

  it("costs at most one more question when the coordinator restarts under those who wait", async () => {
    await relay.github.gate("pull", { path: PULL });
    const asked = Array.from({ length: 30 }, () => relay.ask(PULL));
    await relay.github.waitFor(1, { path: PULL });
    await untilFollowing(29);
    await abortAllDurableObjects();
    await relay.github.waitFor(2, { path: PULL });
    await relay.github.release("pull");
    const answers = await Promise.all(asked);
    expect(answers.map(({ envelope }) => envelope.status)).toEqual(answers.map(() => 200));
    expect(await relay.reads(PULL)).toHaveLength(2);
  });

  it("ends for the followers when the client of its leader hangs up", async () => {
    await relay.github.gate("pull", { path: PULL });
    const gone = new AbortController();
    const leader = relay.fetchOpen("/v1/github/request", { ...relay.init(PULL), signal: gone.signal });
    await relay.github.waitFor(1, { path: PULL });
    const follower = relay.ask(PULL);
    gone.abort();
    await relay.github.release("pull");
    expect((await follower).envelope.status).toBe(200);
    await leader.then(async ({ settled }) => settled);
    expect(await relay.reads(PULL)).toHaveLength(1);
  });

  /** The answer alone: the audit log goes on trying to write for longer than a test waits. */
  const askWithoutD1 = async (path: string) => {
    relay.setBindings({ DB: deadD1 });
    const { response } = await relay.fetchOpen("/v1/github/request", relay.init(path));
    const envelope = (await response.json()) as { status: number; relay: Record<string, unknown> };
    relay.setBindings({ DB: env.DB });
    return envelope;
  };

  it("answers with D1 down, and keeps nothing that a purge could not end", async () => {
    await relay.ask("/repos/acme/widget/topics"); // caller, pool and proof are in memory now
    expect((await askWithoutD1(PULL)).status).toBe(200);
    expect((await relay.ask(PULL)).envelope.relay["cache"]).toBe("miss");
  });

  it("serves edge hits while D1 is down", async () => {
    await relay.ask(PULL);
    relay.isolate.entries.clear();
    expect((await askWithoutD1(PULL)).relay["cache"]).toBe("hit");
  });

  it("keeps a body too large for a row in R2, where another isolate finds it", async () => {
    const path = "/repos/acme/widget/contents/noise.txt";
    // Random text does not compress below the row's limit.
    const noise = Array.from({ length: 40_000 }, () => Math.random().toString(36).slice(2)).join("\n");
    await relay.github.script([{ path, status: 200, content_type: "text/plain; charset=utf-8", body_text: noise }]);
    const headers = { accept: "application/vnd.github.raw+json" };
    expect((await relay.ask(path, { headers })).envelope.relay["cache"]).toBe("miss");
    const row = await env.DB.prepare("SELECT body, r2_key FROM github_cache_entries WHERE path = ?")
      .bind(path)
      .first<{ body: string | null; r2_key: string }>();
    expect(row).toMatchObject({ body: null, r2_key: expect.stringMatching(/^cache-bodies\/v1\/[0-9a-f]{64}$/) });
    relay.newIsolate();
    relay.forgetEdge();
    const again = await relay.ask(path, { headers });
    expect(again.envelope).toMatchObject({ body: noise, relay: { cache: "hit" } });
    await env.ACTIONS_LOGS.delete(row?.r2_key ?? "");
    relay.newIsolate();
    relay.forgetEdge();
    expect((await relay.ask(path, { headers })).envelope).toMatchObject({ body: noise, relay: { cache: "miss" } });
  });
});
