import { describe, expect, it } from "vitest";
import { References, type Own } from "../../../../server/relay/cleaning/references.ts";
import { sanitizeJson, type Knowledge } from "../../../../server/relay/sanitize.ts";

const API = "https://api.github.com/repos";
const OWN: Own = { names: new Set(["acme/widget", "acme/renamed"]), repositoryId: 7 };

/** The cleaned value, with what was named and proven by nothing; undefined where it was refused. */
function clean(value: unknown, hidden: readonly string[] = [], more: Knowledge = { perPage: 30 }) {
  const references = new References(OWN, new Set(hidden));
  const cleaned = sanitizeJson(JSON.stringify(value), "identity", { ...more, references });
  const result = cleaned.kind === "clean" ? (JSON.parse(cleaned.text) as unknown) : undefined;
  return { result, unproven: references.unproven() };
}

const aRepository = (name: string, isPrivate: boolean) => ({
  full_name: name,
  private: isPrivate,
  node_id: "R",
  url: `${API}/${name}`,
});
const anIssue = (name: string, part: object = {}) => ({
  number: 1,
  url: `${API}/${name}/issues/1`,
  repository_url: `${API}/${name}`,
  ...part,
});

describe("what an answer names", () => {
  it.each([
    ["an issue elsewhere", [anIssue("Other/Thing")], ["other/thing"]],
    ["a page elsewhere", [{ html_url: "https://github.com/other/thing/pull/3" }], ["other/thing"]],
    ["a commit elsewhere", [{ commit_url: `${API}/other/thing/commits/abc` }], ["other/thing"]],
    ["a link elsewhere", [{ _links: { self: { href: `${API}/other/thing/pulls/1` } } }], ["other/thing"]],
    ["an address template", [{ url: `${API}/other/thing{/sha}` }], ["other/thing"]],
    ["a repository by number", [{ url: "https://api.github.com/repositories/99/issues/1" }], ["#99"]],
    ["an enterprise's API", [{ url: "https://ghe.example/api/v3/repos/other/thing/issues/1" }], ["other/thing"]],
    ["a private repository itself", { head: { repo: aRepository("other/secret", true) } }, ["other/secret"]],
    ["its own, under either name", [anIssue("acme/Widget"), anIssue("Acme/renamed")], []],
    ["its own, by number", [{ url: "https://api.github.com/repositories/7/issues/1" }], []],
    ["what says itself that it is public", [anIssue("o/p", { repository: aRepository("o/p", false) })], []],
    [
      "people, Apps, teams and licenses",
      [
        { url: "https://api.github.com/users/ada", html_url: "https://github.com/ada" },
        { html_url: "https://github.com/apps/bot" },
        { html_url: "https://github.com/orgs/acme/teams/core" },
        { url: "https://api.github.com/licenses/mit" },
      ],
      [],
    ],
    ["what people wrote", [{ target_url: `${API}/other/thing`, homepage: `${API}/o/p`, body: `${API}/o/p` }], []],
    [
      "a submodule",
      [
        {
          type: "submodule",
          url: `${API}/acme/widget/contents/x`,
          git_url: `${API}/o/p/git/trees/1`,
          download_url: null,
        },
      ],
      [],
    ],
  ])("is read from %s", (_what, value, expected) => {
    expect(clean(value).unproven).toEqual(expected);
  });
});

describe("what belongs to a repository that nobody proved public", () => {
  const hidden = ["other/secret"];
  const mine = { event: "labeled", url: `${API}/acme/widget/issues/events/1` };

  it.each([
    ["an issue", anIssue("other/secret")],
    ["an event", { event: "renamed", url: `${API}/other/secret/issues/events/1`, rename: { from: "x" } }],
    ["a cross-reference", { event: "cross-referenced", source: { type: "issue", issue: anIssue("other/secret") } }],
    [
      "a cross-reference that says so itself",
      { event: "cross-referenced", source: { issue: { number: 1, repository: aRepository("other/s2", true) } } },
    ],
    ["an event of a feed", { type: "PushEvent", repo: { id: 1, name: "other/secret", url: `${API}/other/secret` } }],
    ["whoever was made a member", { type: "MemberEvent", public: true, payload: { member: { login: "eve" } } }],
    ["a private event of a feed", { type: "PushEvent", public: false, payload: {} }],
    ["a fork told of by a feed", { type: "ForkEvent", payload: { forkee: aRepository("other/secret", true) } }],
    ["a pull", { number: 1, url: `${API}/other/secret/pulls/1`, base: { repo: aRepository("other/secret", true) } }],
    ["found code", { name: "a.ts", repository: aRepository("other/secret", true) }],
  ])("goes with its element from a short page, and refuses a full one: %s", (_what, element) => {
    expect(clean([mine, element], hidden).result).toEqual([mine]);
    expect(clean([element, mine, element], hidden).result).toEqual([mine]);
    expect(clean([mine, element], hidden, { perPage: 2 }).result).toBeUndefined();
    expect(clean([mine, element], hidden, {}).result).toBeUndefined();
  });

  it("refuses an answer that is it, and what a search found", () => {
    expect(clean(anIssue("other/secret"), hidden).result).toBeUndefined();
    expect(clean({ total_count: 1, items: [anIssue("other/secret")] }, hidden).result).toBeUndefined();
    const found = { url: `${API}/acme/widget/commits/1`, repository: aRepository("other/secret", true) };
    expect(clean({ total_count: 1, items: [found] }, []).result).toBeUndefined();
  });

  it("is blanked where an event names its commit", () => {
    const event = { ...mine, event: "referenced", commit_id: "abc", commit_url: `${API}/other/secret/commits/abc` };
    expect(clean([event], hidden).result).toEqual([{ ...event, commit_id: null, commit_url: null }]);
    const own = { ...event, commit_url: `${API}/acme/widget/commits/abc` };
    expect(clean([own], hidden).result).toEqual([own]);
  });

  it("is null where a pull has its head there", () => {
    const pull = { number: 1, head: { sha: "abc", repo: aRepository("other/secret", true) } };
    expect(clean([pull], hidden).result).toEqual([{ number: 1, head: { sha: "abc", repo: null } }]);
    const stub = { number: 1, head: { repo: { id: 1, url: `${API}/other/secret` } } };
    expect(clean({ stub }, hidden).result).toEqual({ stub: { number: 1, head: { repo: null } } });
  });

  it("leaves the pulls of a run, which count no page", () => {
    const own = { number: 1, url: `${API}/acme/widget/pulls/1` };
    const other = { number: 2, url: `${API}/other/secret/pulls/2` };
    expect(clean({ id: 1, pull_requests: [other, own] }, hidden).result).toEqual({ id: 1, pull_requests: [own] });
    const runs = { total_count: 1, workflow_runs: [{ id: 1, pull_requests: [other] }] };
    expect(clean(runs, hidden).result).toEqual({ total_count: 1, workflow_runs: [{ id: 1, pull_requests: [] }] });
  });
});

describe("a membership", () => {
  const comment = { author_association: "MEMBER", user: { login: "Ada", type: "User" } };

  it("stays of whoever shows it to everybody, and becomes a contribution otherwise", () => {
    const isPublicMember = (login: string) => login === "Ada";
    expect(clean([comment], [], { isPublicMember }).result).toEqual([comment]);
    const other = { ...comment, user: { login: "bob", type: "User" } };
    expect(clean([other], [], { isPublicMember }).result).toEqual([{ ...other, author_association: "CONTRIBUTOR" }]);
    expect(clean([comment]).result).toEqual([{ ...comment, author_association: "CONTRIBUTOR" }]);
  });
});
