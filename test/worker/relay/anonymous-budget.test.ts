/** What the address may still ask belongs to everybody at it: its standing is shared, and obeyed by reads and by proofs. */
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const ISSUE = "/repos/acme/widget/issues";
const DIFF = { headers: { accept: "application/vnd.github.diff" } };

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

/** Who asked GitHub since, proofs included, in order. */
async function askers(): Promise<readonly string[]> {
  const log = await relay.github.log();
  await relay.github.clearLog();
  return log.map(({ credential }) => credential);
}

/** One anonymous read that tells the relay what is left; read by whoever comes after. */
async function learns(remaining: number): Promise<void> {
  await relay.github.setAnonymousQuota("core", { remaining: remaining + 1 });
  await relay.ask("/repos/octocat/hello-world/topics");
  relay.newIsolate();
  await relay.github.clearLog();
}

describe("with identities in the pool", () => {
  beforeEach(() => relay.seed());

  it.each([
    { remaining: 30, first: "anonymous", why: "half is left" },
    { remaining: 29, first: "alice", why: "less than half is left" },
    { remaining: 0, first: "alice", why: "nothing is left" },
  ])("$first is asked first where $why, in an isolate that only D1 told", async ({ remaining, first }) => {
    await learns(remaining);
    await relay.ask(`${ISSUE}/1`);
    const reads = (await relay.github.log({ path: `${ISSUE}/1` })).map(({ credential }) => credential);
    expect(reads).toEqual([first]);
  });

  it("an identity that cannot is followed by the address, below half too", async () => {
    await learns(20);
    await relay.github.setQuota("alice", "core", { remaining: 0 });
    expect((await relay.ask(`${ISSUE}/1`)).envelope.status).toBe(200);
    const reads = (await relay.github.log({ path: `${ISSUE}/1` })).map(({ credential }) => credential);
    expect(reads).toEqual(["alice", "anonymous"]);
  });

  it("nobody is asked anonymously after a secondary limit on the address, until it is over", async () => {
    await relay.github.addFault({
      kind: "secondary",
      status: 429,
      retry_after: 90,
      match: { credential: "anonymous", path_prefix: "/repos" },
      times: 1,
    });
    await relay.ask(`${ISSUE}/1`);
    expect((await askers()).filter((who) => who === "anonymous")).toHaveLength(1);
    for (const isolate of ["this", "another"]) {
      if (isolate === "another") relay.newIsolate();
      await relay.ask(`${ISSUE}/${isolate === "this" ? 2 : 4}`);
      expect([isolate, await askers()]).not.toEqual([isolate, expect.arrayContaining(["anonymous"])]);
    }
    relay.later(91_000);
    await relay.ask(`${ISSUE}/3`);
    expect(await askers()).toContain("anonymous");
  });
});

describe("with nobody else to ask", () => {
  beforeEach(async () => {
    relay.setVars({ OCTOPOOL_GITHUB_ORG_TOKEN: null });
    await relay.seed({ identities: [] });
  });

  it("neither a read nor a proof is asked for anonymously until the reset", async () => {
    await learns(0);
    for (const number of [1, 2]) {
      const { envelope } = await relay.ask(`${ISSUE}/${number}`);
      expect(envelope.error?.details?.["reason"]).toBe("no_identity");
    }
    expect(await askers()).toEqual([]);
    relay.later(3_700_000);
    await relay.github.advanceClock(3_700_000);
    expect((await relay.ask(`${ISSUE}/3`)).envelope.status).toBe(200);
  });

  it.each([
    ["a repository's number", "/repositories/1300192/issues"],
    ["a search in it, whose own budget is ample", "/search/issues"],
  ])("nor is a proof for %s, in an isolate that only D1 told", async (_what, path) => {
    await relay.setPolicy({ allow_search: true });
    await learns(0);
    await relay.ask(path, path.startsWith("/search") ? { query: { q: "repo:acme/widget is:open" } } : {});
    expect((await relay.github.log()).filter((entry) => !entry.path.startsWith("/search"))).toEqual([]);
  });

  it("nor is a proof renewed for a copy at hand", async () => {
    await relay.ask(`${ISSUE}/1`);
    await learns(0);
    relay.later(31_000); // the proof's end
    await relay.ask(`${ISSUE}/1`);
    expect(await askers()).toEqual([]);
  });

  it("diffs are served all the same, and each is a proof", async () => {
    await learns(0);
    const { envelope } = await relay.ask("/repos/acme/widget/pulls/7", DIFF);
    expect(envelope).toMatchObject({ status: 200, relay: { backend: "web", cache: "miss" } });
    relay.newIsolate();
    expect((await relay.ask("/repos/acme/widget/pulls/7", DIFF)).envelope.relay["cache"]).toBe("hit");
    expect((await relay.github.log()).map(({ path }) => path)).toEqual([
      "/acme/widget/pull/7.diff",
      "/raw/acme/widget/pull/7.diff",
    ]);
  });

  it("a proof tells the budget what it left", async () => {
    await relay.github.setAnonymousQuota("core", { remaining: 1 });
    await relay.ask("/repos/acme/nowhere/issues/1"); // a read that proves nothing, and then no proof can be asked for
    await relay.github.clearLog();
    await relay.ask(`${ISSUE}/1`);
    expect(await askers()).toEqual([]);
  });
});
