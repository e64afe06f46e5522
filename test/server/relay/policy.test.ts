import { describe, expect, it } from "vitest";
import { applyPolicy } from "../../../server/relay/policy.ts";
import type { Ask, Identity, Pool } from "../../../server/relay/stages.ts";
import { aCaller, aJob, anAsk, anIdentity, aPool, aRoute } from "../../support/builders.ts";

const PULL = anAsk("/repos/acme/widget/pulls/1");
const FOREIGN = anAsk("/repos/other/thing/pulls/1");
const TIMELINE = anAsk("/repos/acme/widget/issues/1/timeline");
const HTML = { accept: "application/vnd.github.html+json" };
const RENDERED = anAsk("/repos/acme/widget/issues/1/comments", { headers: HTML });
const RENDERED_FILE = anAsk("/repos/acme/widget/readme", { headers: HTML });
const RELEASES = anAsk("/repos/acme/widget/releases");
const LOGS = anAsk("/repos/acme/widget/actions/jobs/1/logs");
const META = anAsk("/meta");
const RATE = anAsk("/rate_limit");
const ORG_REPOS = anAsk("/orgs/acme/repos");

const eligibleOf = (ask: Ask, identity: Identity) => aJob(ask, aPool([identity])).eligible.length === 1;
const search = (q: string, path = "/search/issues") => anAsk(path, { query: { q } });

describe("which identity may fetch", () => {
  const publicOnly = { publicOnly: true };

  it.each([
    ["an owner's", ["acme"], PULL, {}, true],
    ["a repository's", ["acme/widget"], PULL, {}, true],
    ["another repository's", ["acme/other"], PULL, {}, false],
    ["another owner's", ["other"], PULL, {}, false],
    ["one of several", ["other", "acme/x", "acme/widget"], PULL, {}, true],
    ["everybody's", ["*"], PULL, {}, true],
    ["nobody's", [], PULL, {}, false],
    ["nobody's, on a row without a repository", [], META, {}, true],
    ["an owner's, of an owner outside the policy", ["other"], FOREIGN, {}, false],
    ["a repository's, of an owner outside the policy", ["other/thing"], FOREIGN, {}, false],
    ["everybody's, of an owner outside the policy", ["*"], FOREIGN, {}, true],
    ["a paused one's", ["*"], PULL, { status: "paused" } as const, false],
    [
      "an App's, whose secret is a key and no token",
      ["acme"],
      PULL,
      { kind: "github_app", installationId: 5 } as const,
      false,
    ],
    ["references in objects that say what they are", ["acme"], anAsk("/repos/acme/widget/pulls"), {}, true],
    ["references that do not, cleaned by element", ["acme"], TIMELINE, {}, true],
    ["words rendered for the asker", ["acme"], RENDERED, {}, false],
    ["words rendered for the asker, public-only", ["acme"], RENDERED, publicOnly, true],
    ["a file rendered the same for all", ["acme"], RENDERED_FILE, {}, true],
    ["references that do not, public-only", ["acme"], TIMELINE, publicOnly, true],
    ["anonymous-only", ["*"], RELEASES, {}, false],
    ["anonymous-only, public-only", ["*"], RELEASES, publicOnly, true],
    ["anonymous-only, public-only without the scope", ["other"], RELEASES, publicOnly, false],
    ["anonymous-only without a repository", [], ORG_REPOS, {}, false],
    ["anonymous-only without a repository, public-only", [], ORG_REPOS, publicOnly, true],
    ["logs", ["acme"], LOGS, {}, true],
    ["the relay's own knowledge", ["*"], RATE, {}, false],
    ["the relay's own knowledge, public-only", ["*"], RATE, publicOnly, false],
  ])("%s scope: %j", (_what, scopes, ask, part, is) => {
    expect(eligibleOf(ask, anIdentity("ada", scopes, part))).toBe(is);
  });

  it("none whose secret is not stored", () => {
    const pool = aPool([anIdentity("ada"), anIdentity("bob")]);
    const secret = (ref: string) => (ref === "PAT_BOB" ? "ghp_bob" : undefined);
    const { eligible } = applyPolicy(PULL, aCaller(), pool, aRoute(PULL), { secret });
    expect(eligible.map(({ id }) => id)).toEqual(["bob"]);
  });
});

describe("the gates", () => {
  const codeOf = (ask: Ask, pool: Pool) => {
    try {
      aJob(ask, pool);
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : error;
    }
    return "open";
  };
  const one = [anIdentity("ada", ["*"])];

  it.each([
    ["an owner outside the policy where public ones may", FOREIGN, {}, "open"],
    ["an owner outside the policy where they may not", FOREIGN, { allow_public_repos: false }, "owner_denied"],
    ["an owner in the policy where public ones may not", PULL, { allow_public_repos: false }, "open"],
    ["a row without a repository where public ones may not", META, { allow_public_repos: false }, "open"],
    ["logs", LOGS, {}, "open"],
    ["logs where they may not", LOGS, { allow_logs: false }, "logs_denied"],
    ["a search by default", search("repo:acme/widget crash"), {}, "search_denied"],
    ["a search where it may", search("repo:acme/widget crash"), { allow_search: true }, "open"],
    ["a search of two repositories", search("repo:acme/widget repo:a/b"), { allow_search: true }, "search_denied"],
    ["a search without a repository", search("crash"), { allow_search: true }, "search_denied"],
    ["a search without a text", anAsk("/search/code"), { allow_search: true }, "search_denied"],
    [
      "a search of a foreign repository where they may not",
      search("repo:a/b x"),
      { allow_search: true, allow_public_repos: false },
      "owner_denied",
    ],
    ["a repository search", search("relay", "/search/repositories"), { allow_search: true }, "open"],
    [
      "a repository search with a qualifier",
      search("org:acme relay", "/search/repositories"),
      { allow_search: true },
      "search_denied",
    ],
    ["a comparison", anAsk("/repos/acme/widget/compare/main...topic"), {}, "open"],
    ["a comparison with a fork", anAsk("/repos/acme/widget/compare/main...eve:topic"), {}, "route_denied"],
    ["a comparison with an escaped fork", anAsk("/repos/acme/widget/compare/main...eve%3Atopic"), {}, "route_denied"],
  ])("%s", (_what, ask, policy, code) => {
    expect(codeOf(ask, aPool(one, policy))).toBe(code);
  });
});

describe("the job", () => {
  it("belongs to its repository, whatever the case it was written in", () => {
    const job = aJob(anAsk("/repos/Acme/Widget/pulls/1"));
    expect(job).toMatchObject({
      repository: { owner: "acme", repo: "widget" },
      scope: "acme/widget",
      routeKey: "pr_view acme/widget",
      ownerAllowed: true,
    });
    expect(job.cacheKey).toBe(aJob(PULL).cacheKey);
    expect(job.surrogateKeys).toContain("pull:acme/widget#1");
  });

  it("of a search belongs to the repository it names", () => {
    const job = aJob(search("repo:Acme/Widget crash"), aPool([], { allow_search: true }));
    expect(job).toMatchObject({ repository: { owner: "acme", repo: "widget" }, scope: "acme/widget" });
  });

  it("without a repository shares one scope with its like, and has any owner's leave", () => {
    expect(aJob(META)).toMatchObject({ repository: undefined, scope: "*", ownerAllowed: true });
    expect(aJob(ORG_REPOS)).toMatchObject({ scope: "*", surrogateKeys: expect.arrayContaining(["org:acme"]) });
  });
});
