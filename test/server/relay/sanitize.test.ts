import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keptHeaders, rateLimitHeaders, sanitizeJson, type Reader } from "../../../server/relay/sanitize.ts";

const READERS = ["anonymous", "public_only", "identity"] as const satisfies readonly Reader[];
const CORPUS = join(import.meta.dirname, "../../github/corpus");

interface Recorded {
  readonly name: string;
  readonly body: unknown;
}

function readCorpus(): readonly Recorded[] {
  return readdirSync(CORPUS)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const { body } = JSON.parse(readFileSync(join(CORPUS, name), "utf8")) as { readonly body: unknown };
      return { name, body };
    });
}

const RECORDED = readCorpus();

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (isRecord(value)) yield value;
  if (typeof value === "object" && value !== null) for (const member of Object.values(value)) yield* objectsIn(member);
}

/** The cleaned value; undefined where it was refused. */
function clean(value: unknown, reader: Reader = "identity"): unknown {
  const cleaned = sanitizeJson(JSON.stringify(value), reader);
  return cleaned.kind === "clean" ? (JSON.parse(cleaned.text) as unknown) : undefined;
}

/** What 3-github names wherever it stands; `permissions` is judged by its value, for licenses have such a list. */
const FORBIDDEN =
  /^(role_name|temp_clone_token|security_and_analysis|bypass_actors|custom_properties|parent_issue_url|sub_issues_summary|issue_dependencies_summary|requested_team|notification_email|viewer_.*|current_user_can_.*|two_factor_.*)$/;
const FORBIDDEN_OF_REPOSITORY =
  /^(permissions|allow_.*|delete_branch_on_merge|use_squash_pr_title_as_default|(squash_)?merge_commit_(title|message))$/;
const FORBIDDEN_OF_PROFILE = /^(plan|collaborators|disk_usage|business_plus|ldap_dn|private_.*|.*_private_repos)$/;

function forbiddenIn(one: Record<string, unknown>): readonly string[] {
  const isRepository = "full_name" in one;
  const isProfile = "login" in one && "type" in one;
  return Object.keys(one).filter(
    (key) =>
      FORBIDDEN.test(key) ||
      (isRepository && FORBIDDEN_OF_REPOSITORY.test(key)) ||
      (isProfile && FORBIDDEN_OF_PROFILE.test(key)),
  );
}

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;

const aRepository = (part: object = {}) => ({
  id: 1,
  full_name: "acme/widget",
  private: false,
  owner: { login: "acme", type: "Organization" },
  ...part,
});
const aUser = (part: object = {}) => ({ login: "ada", id: 7, type: "User", ...part });

describe.each(READERS)("over recorded answers, read by %s", (reader) => {
  it.each(RECORDED)("nothing forbidden survives in $name", ({ body }) => {
    expect([...objectsIn(clean(body, reader))].flatMap(forbiddenIn)).toEqual([]);
  });

  it.each(RECORDED)("a second cleaning finds nothing more in $name", ({ body }) => {
    const once = sanitizeJson(JSON.stringify(body), reader);
    const text = once.kind === "clean" ? once.text : "{}";
    expect(sanitizeJson(text, reader)).toEqual({ kind: "clean", text, filtered: false });
  });
});

it("serves most of what GitHub documents to every reader", () => {
  const refused = RECORDED.filter(({ body }) => clean(body, "anonymous") === undefined).map(({ name }) => name);
  expect(refused).toEqual([]);
});

it.each(RECORDED)("no team and no MEMBER stands in $name once an identity read it", ({ body }) => {
  const tells = (one: Record<string, unknown>) =>
    one["author_association"] === "MEMBER" ||
    isFilled(one["requested_teams"]) ||
    isFilled(one["teams"]) ||
    ("reviewer" in one && one["type"] === "Team");
  expect([...objectsIn(clean(body, "identity"))].filter(tells)).toEqual([]);
});

describe("what stays", () => {
  it.each([
    "web_commit_signoff_required",
    "default_branch",
    "archived",
    "is_template",
    "visibility",
    "private",
    "license",
  ])("%s of a repository", (key) => {
    const repository = aRepository({ [key]: key === "private" ? false : "as it was" });
    expect(clean(repository)).toEqual(repository);
  });

  it.each([
    "merge_commit_sha",
    "auto_merge",
    "mergeable",
    "mergeable_state",
    "merged",
    "merged_at",
    "merged_by",
    "maintainer_can_modify",
    "rebaseable",
  ])("%s of a pull", (key) => {
    const pull = { number: 1, [key]: "as it was", base: { repo: aRepository() } };
    expect(clean(pull)).toEqual(pull);
  });

  it("the words on what a license permits", () => {
    const license = { key: "mit", permissions: ["commercial-use"], conditions: [], limitations: ["liability"] };
    expect(clean(license)).toEqual(license);
  });

  it("the address of a commit's author, which the commit itself holds", () => {
    const commit = { commit: { author: { name: "Ada", email: "ada@example.com", date: "2026-01-01T00:00:00Z" } } };
    expect(clean(commit)).toEqual(commit);
  });

  it.each(["anonymous", "public_only"] as const)(
    "author_association, teams and reviewers, as %s saw them",
    (reader) => {
      const answer = {
        author_association: "MEMBER",
        requested_teams: [{ slug: "core" }],
        reviewers: [{ type: "Team", reviewer: {} }],
      };
      expect(clean(answer, reader)).toEqual(answer);
    },
  );

  it("text in which nothing is to be cut, byte for byte and marked as such", () => {
    const text = '{ "number" : 1.50, "title":"\\u00e9 \\/ permissions", "private":false,\n"full_name":"a/b","id":1E3 }';
    expect(sanitizeJson(text, "identity")).toEqual({ kind: "clean", text, filtered: false });
  });
});

describe("repositories that are not proven public", () => {
  it.each([
    ["private", aRepository({ private: true })],
    ["of unknown privacy", { id: 1, node_id: "R_1", full_name: "acme/secret" }],
    ["whose privacy is no boolean", aRepository({ private: "false" })],
  ])("become null inside another object: %s", (_what, repo) => {
    for (const reader of READERS) {
      expect(clean({ head: { ref: "topic", repo }, payload: { forkee: repo } }, reader)).toEqual({
        head: { ref: "topic", repo: null },
        payload: { forkee: null },
      });
    }
  });

  it("become null inside one that is public", () => {
    const fork = aRepository({ parent: aRepository({ private: true }), source: aRepository() });
    expect(clean(fork)).toEqual({ ...fork, parent: null });
  });

  it.each(READERS)("refuse a list that holds one, for its length and pages would tell: %s", (reader) => {
    expect(clean([aRepository(), aRepository({ private: true })], reader)).toBeUndefined();
    expect(clean({ items: [aRepository({ private: true })] }, reader)).toBeUndefined();
  });

  it.each(READERS)("refuse an answer that is one: %s", (reader) => {
    expect(clean(aRepository({ private: true }), reader)).toBeUndefined();
  });
});

describe("what an identity sees of its own", () => {
  it.each([
    ["a draft release", { tag_name: "v1", draft: true }],
    [
      "a list with a draft release",
      [
        { tag_name: "v1", draft: false },
        { tag_name: "v2", draft: true },
      ],
    ],
    ["a pending review", [{ id: 1, state: "PENDING", pull_request_url: "https://api.github.com/repos/a/b/pulls/1" }]],
    ["a pending review in a timeline", [{ event: "reviewed", state: "pending", pull_request_url: "https://x" }]],
  ])("refuses %s", (_what, answer) => {
    expect(clean(answer, "identity")).toBeUndefined();
    expect(clean(answer, "public_only")).toBeUndefined();
    expect(clean(answer, "anonymous")).toEqual(answer);
  });

  it.each([
    ["a draft pull", { number: 1, draft: true }],
    ["a pending status", { state: "pending", context: "ci" }],
    ["a submitted review", { state: "APPROVED", pull_request_url: "https://x" }],
  ])("keeps %s", (_what, answer) => {
    expect(clean(answer, "identity")).toEqual(answer);
  });

  it.each([
    ["plan", { name: "pro" }],
    ["private_gists", 3],
    ["total_private_repos", 4],
    ["owned_private_repos", 4],
    ["two_factor_authentication", true],
    ["two_factor_requirement_enabled", true],
    ["disk_usage", 9],
    ["collaborators", 1],
    ["business_plus", false],
    ["ldap_dn", "cn=ada"],
    ["notification_email", "a@b.example"],
  ])("drops a profile's %s for every reader", (key, value) => {
    for (const reader of READERS) expect(clean(aUser({ [key]: value }), reader)).toEqual(aUser());
  });

  it("shows a profile's address only as the public itself saw it", () => {
    const user = aUser({ email: "ada@example.com" });
    expect(clean(user, "anonymous")).toEqual(user);
    expect(clean(user, "public_only")).toEqual({ ...user, email: null });
    expect(clean({ owner: user }, "identity")).toEqual({ owner: { ...user, email: null } });
  });
});

describe("what membership shows", () => {
  it("MEMBER becomes CONTRIBUTOR, and nothing else does", () => {
    const given = ["MEMBER", "OWNER", "COLLABORATOR", "NONE"].map((author_association) => ({ author_association }));
    expect(clean(given)).toEqual([{ author_association: "CONTRIBUTOR" }, ...given.slice(1)]);
  });

  it.each(["requested_teams", "teams"])("%s is emptied", (key) => {
    expect(clean({ users: [aUser()], [key]: [{ slug: "core" }] })).toEqual({ users: [aUser()], [key]: [] });
  });

  it("a team leaves the reviewers of an environment, and people stay", () => {
    const person = { type: "User", reviewer: aUser() };
    const team = { type: "Team", reviewer: { slug: "core" } };
    expect(clean({ reviewers: [team, person, team] })).toEqual({ reviewers: [person] });
    expect(clean({ reviewers: [team] })).toEqual({ reviewers: [] });
  });

  it("the team of a ruleset's required reviewer becomes null", () => {
    const required = { minimum_approvals: 1, reviewer: { id: 5, type: "Team" } };
    expect(clean({ required_reviewers: [required] })).toEqual({
      required_reviewers: [{ ...required, reviewer: null }],
    });
  });
});

it("knows a text as filtered whose length the cuts left as it was", () => {
  // MEMBER to CONTRIBUTOR adds five characters, and null for this address takes five away.
  const text = '{"author_association":"MEMBER","user":{"login":"ada","type":"User","email":"a@b.com"}}';
  const cleaned = sanitizeJson(text, "identity");
  expect(cleaned).toEqual({
    kind: "clean",
    text: '{"author_association":"CONTRIBUTOR","user":{"login":"ada","type":"User","email":null}}',
    filtered: true,
  });
  expect(cleaned.kind === "clean" && cleaned.text.length).toBe(text.length);
});

describe("headers", () => {
  const given = new Headers({
    "Content-Type": "application/json",
    ETag: 'W/"1"',
    Link: '<x>; rel="next"',
    "X-RateLimit-Remaining": "4999",
    "X-RateLimit-Resource": "core",
    "X-OAuth-Scopes": "repo",
    "X-Accepted-OAuth-Scopes": "",
    Location: "https://signed",
    "Set-Cookie": "a=b",
    "Github-Authentication-Token-Expiration": "2027-01-01",
    Server: "github.com",
    Date: "now",
  });

  it("keeps what the allowlist names and nothing else", () => {
    expect(keptHeaders(given)).toEqual({
      "content-type": "application/json",
      etag: 'W/"1"',
      link: '<x>; rel="next"',
      date: "now",
    });
  });

  it("gives the rate apart, for live answers", () => {
    expect(rateLimitHeaders(given)).toEqual({ "x-ratelimit-remaining": "4999", "x-ratelimit-resource": "core" });
  });
});
