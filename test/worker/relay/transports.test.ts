/** Raw files, diffs and git: no quota, a proof in themselves, and only where they say exactly what the API would. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type AskOptions, type Envelope, TestRelay } from "../support/relay.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const TREE = `/repos/acme/widget/git/trees/${COMMIT}`;
const README = "/repos/acme/widget/contents/README.md";
const RAW_README = `/acme/widget/${COMMIT}/README.md`;
const PULL = "/repos/acme/widget/pulls/7";
const REF = "/repos/acme/widget/git/ref/heads/main";
const GIT = "/acme/widget.git/git-upload-pack";
const AT_COMMIT = { query: { ref: COMMIT } };
const as = (type: string) => ({ headers: { accept: `application/vnd.github.${type}` } });

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
  await relay.github.clearLog();
});

/** What reached GitHub since, as `who path`; proofs and all. */
async function asked(): Promise<readonly string[]> {
  const log = await relay.github.log();
  await relay.github.clearLog();
  return log.map(({ credential, path }) => `${credential} ${path}`);
}

async function ask(path: string, options: AskOptions = {}): Promise<Envelope> {
  return (await relay.ask(path, options)).envelope;
}

/** The quota units of the newest request, as its audit row has them. */
async function unitsOfLast(): Promise<number> {
  const row = await env.DB.prepare("SELECT quota_units FROM audit_events ORDER BY id DESC LIMIT 1").first<{
    quota_units: number;
  }>();
  return row?.quota_units ?? Number.NaN;
}

/** The same question answered by the API itself. */
async function apiBody(path: string, options: AskOptions = {}): Promise<Envelope> {
  const beside = new TestRelay();
  await beside.seed();
  beside.isolate.rests.set("raw", Infinity).set("diff", Infinity).set("git", Infinity);
  return (await beside.ask(path, { ...options, headers: { ...options.headers, "cache-control": "max-age=0" } }))
    .envelope;
}

const WEB = { cache: "miss", backend: "web" };

describe("a raw file", () => {
  beforeEach(async () => {
    await ask(TREE, { query: { recursive: "1" } });
    await asked();
  });

  it.each(["raw+json", "v3+json"])("serves %s at a commit whose tree shows it, with no quota", async (type) => {
    const envelope = await ask(README, { ...AT_COMMIT, ...as(type) });
    expect(envelope).toMatchObject({ status: 200, relay: WEB });
    expect(envelope.identity).toBeUndefined();
    expect(await asked()).toEqual([`anonymous ${RAW_README}`]);
    expect(await unitsOfLast()).toBe(0);
    const api = await apiBody(README, { ...AT_COMMIT, ...as(type) });
    expect([envelope.body, envelope.body_encoding]).toEqual([api.body, api.body_encoding]);
  });

  it("is known in another isolate by the tree that is stored", async () => {
    relay.newIsolate();
    await ask(README, AT_COMMIT);
    expect(await asked()).toEqual([`anonymous ${RAW_README}`]);
  });

  it("is a hit the second time", async () => {
    await ask(README, AT_COMMIT);
    expect((await ask(README, AT_COMMIT)).relay["cache"]).toBe("hit");
    expect(await asked()).toHaveLength(1);
  });

  it("that a cache on the way had for a while is served, and proves nothing: GitHub is asked", async () => {
    const raw = await fetch(`${String(relay.vars["GITHUB_RAW_ORIGIN"])}${RAW_README}`);
    await relay.github.script([
      { path: RAW_README, content_type: "text/plain", headers: { age: "120" }, body_text: await raw.text() },
    ]);
    relay.later(31_000); // the end of the proof that the tree was
    await asked();
    expect(await ask(README, AT_COMMIT)).toMatchObject({ status: 200, relay: WEB });
    expect(await asked()).toEqual([`anonymous ${RAW_README}`, "octocat /repos/acme/widget"]);
  });

  it.each([
    ["a symbolic link", "LINK.md"],
    ["a file that the tree does not show", "NEWS.md"],
  ])("is not asked for %s", async (_what, name) => {
    await ask(`/repos/acme/widget/contents/${name}`, AT_COMMIT);
    expect(await asked()).toEqual([`anonymous /repos/acme/widget/contents/${name}`]);
  });

  it("is not asked for at a branch", async () => {
    await ask(README, { query: { ref: "main" } });
    expect(await asked()).toEqual([`anonymous ${README}`]);
  });

  it.each([
    ["other bytes than the tree says", { body_text: "something else" }],
    ["nothing there", { status: 404, body_text: "404: Not Found" }],
    ["a limit", { status: 429, body_text: "Too many requests" }],
  ])("that says %s is declined, and the API answers", async (_what, answer) => {
    await relay.github.script([{ path: RAW_README, content_type: "text/plain", ...answer }]);
    expect(await ask(README, AT_COMMIT)).toMatchObject({ status: 200, relay: { cache: "miss" } });
    expect(await asked()).toEqual([`anonymous ${RAW_README}`, `anonymous ${README}`]);
  });
});

describe("a diff", () => {
  it.each([
    ["of a pull, by way of GitHub's host of diffs", PULL, ["/acme/widget/pull/7", "/raw/acme/widget/pull/7"]],
    ["of a commit", `/repos/acme/widget/commits/${COMMIT}`, [`/acme/widget/commit/${COMMIT}`]],
    ["of a comparison", "/repos/acme/widget/compare/main...dev", ["/acme/widget/compare/main...dev"]],
  ])("%s costs no quota and proves the repository public", async (_what, path, places) => {
    for (const format of ["diff", "patch"]) {
      const envelope = await ask(path, as(format));
      expect(envelope).toMatchObject({
        status: 200,
        relay: WEB,
        headers: { "content-type": `application/vnd.github.${format}; charset=utf-8` },
      });
      expect(await asked()).toEqual(places.map((place) => `anonymous ${place}.${format}`));
      expect(await unitsOfLast()).toBe(0);
      expect(envelope.body).toBe((await apiBody(path, as(format))).body);
      await relay.github.clearLog();
    }
  });

  it.each([
    ["is not there", { status: 404, body_text: "Not Found" }],
    ["is a page", { content_type: "text/html", body_text: "<html>Whoa there!</html>" }],
    ["leads elsewhere", { status: 302, headers: { location: "https://evil.example/raw/acme/widget/pull/7.diff" } }],
    ["is empty", { content_type: "text/plain", body_text: "" }],
  ])("that %s is declined, and the API answers", async (_what, answer) => {
    await relay.github.script([{ path: "/acme/widget/pull/7.diff", ...answer }]);
    expect(await ask(PULL, as("diff"))).toMatchObject({ status: 200, relay: { cache: "miss" } });
    expect(await asked()).toEqual(["anonymous /acme/widget/pull/7.diff", `anonymous ${PULL}`]);
  });

  it("is not asked for again for as long as github.com said, and then it is", async () => {
    await relay.github.script([
      {
        path: "/acme/widget/pull/7.diff",
        status: 429,
        headers: { "retry-after": "120" },
        body_text: "slow down",
        times: 1,
      },
    ]);
    await ask(PULL, as("diff"));
    await asked();
    relay.newIsolate();
    await ask("/repos/acme/widget/pulls/8", as("diff"));
    expect(await asked()).toEqual(["anonymous /repos/acme/widget/pulls/8"]);
    relay.later(121_000);
    await ask("/repos/acme/widget/pulls/9", as("diff"));
    expect(await asked()).toEqual(["anonymous /acme/widget/pull/9.diff", "anonymous /raw/acme/widget/pull/9.diff"]);
  });

  it("that breaks off is declined, and the source rests", async () => {
    await relay.github.addFault({ kind: "reset", match: { path_prefix: "/acme/widget/pull" }, times: 1 });
    expect(await ask(PULL, as("diff"))).toMatchObject({ status: 200, relay: { cache: "miss" } });
    await asked();
    await ask("/repos/acme/widget/pulls/8", as("diff"));
    expect(await asked()).toEqual(["anonymous /repos/acme/widget/pulls/8"]);
  });

  it("is no proof of whose repository it is where the policy counts owners", async () => {
    await relay.setPolicy({ allow_public_repos: false, allowed_owners: ["acme"] });
    await relay.github.clearLog();
    expect(await ask(PULL, as("diff"))).toMatchObject({ status: 200, relay: { backend: "web" } });
    expect(await asked()).toEqual([
      "anonymous /acme/widget/pull/7.diff",
      "anonymous /raw/acme/widget/pull/7.diff",
      "octocat /repos/acme/widget",
    ]);
  });

  it("of a renamed repository is the API's to find, and proven at its end", async () => {
    expect(await ask("/repos/acme/old/pulls/7", as("diff"))).toMatchObject({ status: 200 });
    const log = await asked();
    expect(log[0]).toBe("anonymous /acme/old/pull/7.diff");
    expect(log.filter((line) => line.includes("/acme/new/"))).toEqual([]);
    expect(log).toContain("anonymous /repositories/1300194/pulls/7");
  });

  it("of a repository that is not public is refused, by github.com and by its proof", async () => {
    for (const path of ["/repos/acme/secret/pulls/7", "/repos/acme/nowhere/pulls/7"]) {
      const { http, envelope } = await relay.ask(path, as("diff"));
      expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "repo_not_public"]);
    }
  });
});

describe("git", () => {
  /** What the API said is stored, and its time is over. */
  async function known(path: string): Promise<Envelope> {
    const envelope = await ask(path);
    relay.later(130_000);
    await asked();
    return envelope;
  }

  it.each([
    ["a branch", REF],
    ["the head of a pull", "/repos/acme/widget/git/ref/pull/7/head"],
    ["an annotated tag", "/repos/acme/widget/git/ref/tags/signed"],
    ["all that begin alike", "/repos/acme/widget/git/matching-refs/heads/release"],
  ])("tells where %s points once the API has told its node id, with no quota", async (_what, path) => {
    await known(path);
    for (const touched of ["branches/main", "pulls/7", "commits/tags/signed", "branches/release"])
      await relay.github.touch(`/repos/acme/widget/${touched}`);
    const envelope = await ask(path);
    expect(envelope).toMatchObject({ status: 200, relay: WEB });
    expect(await asked()).toEqual([`anonymous ${GIT}`]);
    expect(await unitsOfLast()).toBe(0);
    expect(envelope.body).toEqual((await apiBody(path)).body);
  });

  it("is not asked where nothing is known of the ref", async () => {
    await ask(REF);
    expect(await asked()).toEqual([`anonymous ${REF}`]);
  });

  it("leaves a ref that is gone, and one that is new, to the API", async () => {
    await known(REF);
    await relay.github.script([
      { path: GIT, method: "POST", content_type: "application/x-git-upload-pack-result", body_text: "0000" },
    ]);
    await ask(REF);
    expect(await asked()).toEqual([`anonymous ${GIT}`, `alice ${REF}`, "octocat /repos/acme/widget"]);
  });

  it("of a renamed repository is the API's to find", async () => {
    await known("/repos/acme/old/git/ref/heads/main");
    await ask("/repos/acme/old/git/ref/heads/main");
    const log = await asked();
    expect(log[0]).toBe("anonymous /acme/old.git/git-upload-pack");
    expect(log.filter((line) => line.includes("/acme/new"))).toEqual([]);
  });

  it("of a repository that has gone private tells nothing: it is refused", async () => {
    await known(REF);
    await relay.github.setVisibility("acme/widget", "private");
    const { http, envelope } = await relay.ask(REF);
    expect([http, envelope.error?.details?.["reason"]]).toEqual([424, "repo_not_public"]);
  });
});
