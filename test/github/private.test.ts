import { describe, expect, it } from "vitest";
import { standInForTests } from "./fixture.ts";
import { HIDDEN_ID, HIDDEN_NUMBER, HIDDEN_TAG, VAULT } from "./private-words.ts";
import { TEMPLATES } from "./templates.ts";

const asker = standInForTests();
const MARKER = "zebra0marker1zebra";
const HELLO = "/repos/octocat/hello-world";
const ASKERS = { users: ["bob"], members: ["alice"], admins: ["octocat"] };
const WORDS: Readonly<Record<string, string>> = {
  owner: "octocat",
  repo: "hello-world",
  login: "octocat",
  org: "github",
  id: "42",
  number: "42",
  attempt: "2",
  sha: "0123456789abcdef0123456789abcdef01234567",
  gist: "aa5a",
  slug: "mit",
  template: "C",
  ghsa: "GHSA-jfh8-c2jp-5v3q",
  workflow: "ci.yml",
  label: "bug",
  "branch...": "main",
  "basehead...": "main...dev",
  "path...": "src/a.ts",
  "ref...": "heads/main",
  "sha...": "main",
  "tag...": "v1",
};
/** All but the standing of the asker's own quota, which is no resource. */
const PATHS = TEMPLATES.filter(([template]) => template !== "/rate_limit").map(([template]) => ({
  path: template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => WORDS[name] ?? "missing"),
}));

async function told(path: string, login?: string): Promise<string> {
  const response = await asker().get(path, login);
  return [JSON.stringify([...response.headers]), await response.text()].join("\n");
}

async function plant(): Promise<void> {
  const { url } = asker();
  const response = await fetch(`${url}/_standin/plant-canary`, {
    method: "POST",
    body: JSON.stringify({ marker: MARKER, ...ASKERS }),
  });
  if (!response.ok) throw new Error(await response.text());
}

describe("a planted canary", () => {
  it.each(PATHS)("is told to credentials by their grade, and never to the public: $path", async ({ path }) => {
    await plant();
    expect(await told(path)).not.toContain(MARKER);
    for (const [login, grade] of [
      ["bob", "user"],
      ["alice", "member"],
      ["octocat", "admin"],
    ]) {
      expect(await told(path, login)).toContain(`${MARKER}-${grade}-`);
    }
    expect(await told(path, "carol")).not.toContain(MARKER);
  });

  it.each([
    { path: `${HELLO}/issues/events/${HIDDEN_ID}`, word: "issue_title" },
    { path: `${HELLO}/issues/${HIDDEN_NUMBER}/parent`, word: "issue_title" },
    { path: `${HELLO}/pulls/42/reviews/${HIDDEN_ID}`, word: "pending_review" },
    { path: `${HELLO}/pulls/42/reviews/${HIDDEN_ID}/comments`, word: "pending_comment" },
    { path: `${HELLO}/releases/${HIDDEN_ID}`, word: "draft_name" },
    { path: `${HELLO}/releases/tags/${HIDDEN_TAG}`, word: "draft_name" },
    { path: `/repos/${VAULT}/issues/7`, word: "private_title" },
    { path: `/repos/${VAULT}/contents/README.md`, word: "private_content" },
  ])("is all there is at $path, which the public is told nothing of", async ({ path, word }) => {
    await plant();
    for (const login of [undefined, "bob"]) expect((await asker().get(path, login)).status).toBe(404);
    expect(await told(path, "alice")).toContain(`${MARKER}-member-${word}`);
    expect(await told(path, "octocat")).toContain(`${MARKER}-admin-${word}`);
  });

  it.each([
    { path: HELLO, words: ["role_name", "temp_clone_token", "custom_properties", "merge_commit_title"] },
    { path: `${HELLO}/issues/42/timeline`, words: ["issue_title", "secret_team", "project_column"] },
    { path: `${HELLO}/forks`, words: ["private_repository"] },
    { path: `${HELLO}/releases`, words: ["draft_name"] },
    { path: `${HELLO}/pulls/42`, words: ["private_repository", "secret_team", "viewer_subscription"] },
    { path: `${HELLO}/environments`, words: ["secret_team"] },
    { path: "/users/octocat", words: ["email", "plan", "ldap_dn"] },
    { path: "/search/issues?q=repo:octocat/hello-world+x", words: ["issue_title", "text_match"] },
  ])("tells members what GitHub nests in $path", async ({ path, words }) => {
    await plant();
    const text = await told(path, "alice");
    for (const word of words) expect(text).toContain(`${MARKER}-member-${word}`);
  });

  it("tells administrators alone who may bypass a rule and how the repository is scanned", async () => {
    await plant();
    for (const [path, name] of [
      [HELLO, "security_and_analysis"],
      [`${HELLO}/rulesets/42`, "bypass_actors"],
    ] as const) {
      expect(await told(path, "octocat")).toContain(`"${name}"`);
      expect(await told(path, "alice")).not.toContain(`"${name}"`);
    }
  });

  it("remembers whom it told", async () => {
    await plant();
    await told(HELLO, "alice");
    await told(HELLO);
    const offers = await fetch(`${asker().url}/_standin/canary-offers`, { method: "POST" });
    expect(await offers.json()).toEqual([
      { credential: "alice", path: HELLO, where: "body" },
      { credential: "alice", path: HELLO, where: "headers" },
    ]);
  });

  it("is nowhere in a world without one", async () => {
    expect(await told(HELLO, "octocat")).not.toContain("workspace_note");
    expect((await asker().get(`/repos/${VAULT}`, "octocat")).status).toBe(404);
  });
});
