/** What a pooled credential reads of rows that refer to other repositories, held against proofs of their visibility. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { MAX_REFERENCE_QUESTIONS } from "../../../server/relay/cleaning/prove-references.ts";
import { untilFollowing } from "../support/followers.ts";
import { TestRelay } from "../support/relay.ts";

const API = "https://api.github.com/repos";
const TIMELINE = "/repos/acme/widget/issues/1/timeline";

const mine = { id: 1, event: "labeled", url: `${API}/acme/widget/issues/events/1` };
const crossing = (name: string) => ({
  event: "cross-referenced",
  source: { type: "issue", issue: { number: 1, title: `of ${name}`, repository_url: `${API}/${name}` } },
});

describe("a timeline that a pooled credential read", () => {
  let relay: TestRelay;

  beforeEach(async () => {
    relay = new TestRelay();
    await relay.github.reset();
    await relay.seed();
    await relay.spendAnonymousQuota();
  });

  async function tell(body: unknown, path = TIMELINE): Promise<void> {
    await relay.github.script([{ path, status: 200, body, headers: { etag: '"seen"' }, credential: "alice" }]);
  }

  const proofsOf = async (name: string) => (await relay.github.log({ path: `/repos/${name}` })).length;

  it("tells of what is proven public, and of nothing else, and says that it was filtered", async () => {
    await tell([mine, crossing("acme/secret"), crossing("octocat/hello-world")]);
    const { envelope } = await relay.ask(TIMELINE);
    expect(envelope.body).toEqual([mine, crossing("octocat/hello-world")]);
    expect(envelope.relay).toMatchObject({ cache: "miss", filtered: true });
    const raw = await relay.askRaw(TIMELINE, { headers: { "cache-control": "max-age=0" } });
    expect(raw.headers.get("x-octopool-filtered")).toBe("true");
  });

  it("says that it was filtered to whoever gets the copy: from memory, the edge, D1, another's fill, or stale", async () => {
    await tell([mine, crossing("acme/secret")]);
    const ask = () => relay.ask(TIMELINE).then(({ envelope }) => [envelope.relay["cache"], envelope.relay["filtered"]]);
    await relay.github.gate("timeline", { path: TIMELINE });
    const asked = Promise.all([relay.ask(TIMELINE), relay.ask(TIMELINE)]);
    await untilFollowing(1);
    await relay.github.release("timeline");
    const both = await asked;
    expect(both.map(({ envelope }) => envelope.relay["filtered"])).toEqual([true, true]);
    expect(both.filter(({ envelope }) => envelope.relay["coalesced"] === true)).toHaveLength(1);
    expect(await ask()).toEqual(["hit", true]);
    relay.newIsolate();
    expect(await ask()).toEqual(["hit", true]);
    relay.newIsolate();
    relay.forgetEdge();
    expect(await ask()).toEqual(["hit", true]);
    relay.setVars({ PAT_ALICE: null });
    relay.later(Date.parse(String(both[0]?.envelope.relay["cache_expires_at"])) - Date.now() + 1);
    expect(await ask()).toEqual(["stale", true]);
  });

  it("says so of what GitHub renewed as well: what was taken out is still not there", async () => {
    const path = "/repos/acme/widget/pulls/1/commits";
    await relay.github.script([
      { path, status: 200, body: [{ sha: "1", role_name: "admin" }], headers: { etag: '"one"' }, credential: "alice" },
    ]);
    expect((await relay.ask(path)).envelope).toMatchObject({ body: [{ sha: "1" }], relay: { filtered: true } });
    const again = await relay.ask(path, { headers: { "cache-control": "max-age=0" } });
    expect(again.envelope).toMatchObject({ body: [{ sha: "1" }], relay: { revalidated: true, filtered: true } });
    relay.newIsolate();
    relay.forgetEdge();
    expect((await relay.ask(path)).envelope.relay).toMatchObject({ cache: "hit", filtered: true });
  });

  it("asks once about each repository while the proof lasts, whoever's answer names it", async () => {
    const other = "/repos/acme/widget/issues/2/timeline";
    for (const path of [TIMELINE, other]) await tell([crossing("acme/secret"), crossing("octocat/hello-world")], path);
    await relay.github.clearLog();
    await Promise.all([relay.ask(TIMELINE), relay.ask(other)]);
    expect([await proofsOf("acme/secret"), await proofsOf("octocat/hello-world")]).toEqual([1, 1]);
  });

  it("leaves the name of a private repository nowhere", async () => {
    await tell([mine, crossing("acme/secret")]);
    await relay.ask(TIMELINE);
    const { results } = await env.DB.prepare("SELECT owner, repo FROM github_public_repos ORDER BY repo").all();
    expect(results).toEqual([{ owner: "acme", repo: "widget" }]);
    const snapshot = JSON.stringify(await env.POOL_COORDINATOR.getByName("pool:maintainers").snapshot(["pat_alice"]));
    expect(snapshot).not.toContain("acme/secret");
  });

  it("is not cut where the page is full: the caller is told to ask himself", async () => {
    await tell([mine, crossing("acme/secret")]);
    const { http, envelope } = await relay.ask(TIMELINE, { query: { per_page: "2" } });
    expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "web_only_unavailable"]);
  });

  it("asks about a bounded number of repositories, and takes the rest for private", async () => {
    const names = Array.from({ length: MAX_REFERENCE_QUESTIONS + 3 }, (_, index) => `octocat/public-${index}`);
    for (const full_name of names) await relay.github.addRepository({ full_name });
    await tell(names.map(crossing));
    await relay.github.clearLog();
    const { envelope } = await relay.ask(TIMELINE);
    expect(envelope.body).toHaveLength(MAX_REFERENCE_QUESTIONS);
    const asked = (await relay.github.log({ path_prefix: "/repos/octocat/public-" })).map(({ path }) => path);
    expect(asked).toHaveLength(MAX_REFERENCE_QUESTIONS);
  });

  it("is read again as a whole once it ended: unchanged for a member is not unchanged for everybody", async () => {
    await tell([mine, crossing("octocat/hello-world")]);
    const first = await relay.ask(TIMELINE);
    expect(first.envelope.headers["etag"]).toBeUndefined();
    await relay.github.setVisibility("octocat/hello-world", "private");
    relay.later(10 * 60_000);
    await relay.github.clearLog();
    const again = await relay.ask(TIMELINE);
    expect(again.envelope.body).toEqual([mine]);
    expect((await relay.reads(TIMELINE)).map(({ credential }) => credential)).toContain("alice");
  });

  it("is read by the public itself while its budget lasts", async () => {
    await relay.github.setAnonymousQuota("core", { limit: 60, remaining: 5 });
    await relay.github.script([{ path: TIMELINE, status: 200, body: [mine], credential: "anonymous" }]);
    relay.newIsolate();
    relay.later(2 * 3600_000);
    expect((await relay.ask(TIMELINE)).envelope.body).toEqual([mine]);
  });
});

describe("an association", () => {
  it("of a member who shows it stays, once the public was told of it", async () => {
    const path = "/repos/acme/widget/issues/1/comments";
    const said = (login: string) => ({ id: 1, author_association: "MEMBER", user: { login, type: "User" } });
    const relay = new TestRelay();
    await relay.seed();
    await relay.github.script([
      { path: "/orgs/acme/public_members", status: 200, body: [{ login: "Ada" }], credential: "anonymous" },
      { path, status: 200, body: [said("ada"), said("eve")], credential: "alice" },
    ]);
    expect((await relay.ask("/orgs/acme/public_members")).envelope.status).toBe(200);
    await relay.spendAnonymousQuota();
    relay.isolate.rates.clear();
    const { envelope } = await relay.ask(path);
    expect(envelope.body).toEqual([said("ada"), { ...said("eve"), author_association: "CONTRIBUTOR" }]);
  });
});
