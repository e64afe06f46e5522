/** A positive proof at the edge spares a question to GitHub, and never says more than D1 and the proof's own end. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { TestRelay } from "../support/relay.ts";

const REPO = "/repos/acme/widget";
const PULL = `${REPO}/pulls/7`;

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "900" } });
  await relay.github.reset();
  await relay.seed();
  await relay.spendAnonymousQuota();
  await relay.ask(PULL);
  await relay.github.clearLog();
});

/** As if D1 had only heard of an earlier proof, which is over: in an isolate that knows nothing either. */
async function behind(): Promise<void> {
  await env.DB.prepare("UPDATE github_public_repos SET expires_at = 0, checked_at = checked_at - 1000").run();
  relay.newIsolate();
}

const questions = async () => (await relay.github.log({ path: REPO })).length;

it("proves where D1 has none in force, and GitHub is not asked", async () => {
  await behind();
  expect((await relay.ask(PULL)).envelope).toMatchObject({ status: 200, relay: { cache: "hit" } });
  expect(await questions()).toBe(0);
});

it("proves beside a fill as well", async () => {
  await behind();
  expect((await relay.ask(`${REPO}/pulls/8`)).envelope).toMatchObject({ status: 200, identity: { id: "pat_alice" } });
  expect(await questions()).toBe(0);
});

it("is made by token-free answers too", async () => {
  await relay.ask("/repos/octocat/hello-world/pulls/7", { headers: { accept: "application/vnd.github.diff" } });
  await behind();
  await relay.github.clearLog();
  expect((await relay.ask("/repos/octocat/hello-world/pulls/8")).envelope.status).toBe(200);
  expect(await relay.github.log({ path: "/repos/octocat/hello-world" })).toEqual([]);
});

it("proves nothing in another data centre", async () => {
  await behind();
  relay.forgetEdge();
  await relay.ask(PULL);
  expect(await questions()).toBe(1);
});

describe("it proves nothing any more", () => {
  it.each([
    ["a millisecond after the revocation bound, however long the proof", 30_000],
    ["later", 60_000],
  ])("%s", async (_what, ms) => {
    await behind();
    relay.later(ms);
    await relay.ask(PULL);
    expect(await questions()).toBe(1);
  });

  it("once D1 knows that the proof was ended after it", async () => {
    relay.later(1);
    const now = Date.now() + relay.offsetMs;
    await env.DB.prepare("UPDATE github_public_repos SET expires_at = ?1, checked_at = ?1").bind(now).run();
    relay.newIsolate();
    await relay.github.setVisibility("acme/widget", "private");
    expect((await relay.ask(PULL)).envelope.error?.details?.["reason"]).toBe("repo_not_public");
  });

  it.each(["visibility:acme/widget", "repo:acme/widget"])("after a purge of %s", async (key) => {
    await relay.admin("POST", "/v1/admin/pools/maintainers/purge", { keys: [key] });
    await behind();
    await relay.ask(PULL);
    expect(await questions()).toBe(1);
  });

  it("of a repository that was found to be private: its copy is gone", async () => {
    await relay.github.setVisibility("acme/widget", "private");
    relay.later(900_000);
    await relay.ask(PULL);
    expect(await relay.atEdge()).toEqual([]);
  });
});

it("an operator's purge of visibility has GitHub asked anew", async () => {
  await relay.github.setVisibility("acme/widget", "private");
  expect((await relay.ask(PULL)).envelope.status).toBe(200); // within the proof
  await relay.admin("POST", "/v1/admin/pools/maintainers/purge", { keys: ["visibility:acme/widget"] });
  expect((await relay.ask(PULL)).envelope.error?.details?.["reason"]).toBe("repo_not_public");
});
