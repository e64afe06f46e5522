import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RouteMatch } from "../../shared/route-match.ts";
import { classifyPath, resolveRepositoryId, resolveSelf } from "../../shared/route-match.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import { plainBranch, surrogateKeysOf } from "../../shared/surrogate-keys.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

function matched(path: string): RouteMatch {
  const classified = classifyPath(path);
  if (classified.kind !== "ok") throw new Error(`${path}: ${classified.kind}`);
  return classified.match;
}

describe("the keys of a match", () => {
  it.each([
    ["/repos/Acme/Widget/pulls/7", ["repo:acme/widget", "pull:acme/widget#7", "refs:acme/widget"]],
    ["/repos/a/b/actions/runs/42/attempts/2", ["repo:a/b", "run:a/b/42"]],
    [`/repos/a/b/commits/${SHA.toUpperCase()}/status`, ["repo:a/b", `sha:a/b@${SHA}`, `checks:a/b@${SHA}`]],
    ["/repos/a/b/commits/Main/status", ["repo:a/b", "ref:a/b@Main", "refs:a/b", "checks:a/b@Main"]],
    ["/repos/a/b/commits/heads%2Fmain", ["repo:a/b", "ref:a/b@main", "refs:a/b"]],
    ["/repos/a/b/commits/refs%2Fheads%2Ffeature%2Ffoo", ["repo:a/b", "ref:a/b@feature/foo", "refs:a/b"]],
    ["/repos/a/b/commits/tags%2Fv1", ["repo:a/b", "refs:a/b"]],
    ["/repos/a/b/commits/HEAD", ["repo:a/b", "refs:a/b"]],
    ["/repos/a/b/commits/main~2/status", ["repo:a/b", "refs:a/b"]],
    ["/repos/a/b/git/ref/heads/main", ["repo:a/b", "ref:a/b@main", "refs:a/b"]],
    ["/repos/a/b/git/ref/tags/v1", ["repo:a/b", "refs:a/b"]],
    ["/repos/a/b/git/ref/pull/7/head", ["repo:a/b", "refs:a/b"]],
    ["/repos/a/b/branches/heads%2Fmain", ["repo:a/b", "ref:a/b@heads/main", "refs:a/b"]],
    ["/users/OctoCat", ["user:octocat"]],
    ["/orgs/GitHub/repos", ["org:github"]],
    ["/emojis", ["global"]],
    ["/rate_limit", []],
    ["/search/issues", ["search"]],
  ])("%s", (path, keys) => {
    expect(surrogateKeysOf(matched(path))).toEqual(keys);
  });

  it("of a search of one repository are also that repository's", () => {
    expect(surrogateKeysOf(matched("/search/code"), { owner: "Acme", repo: "Widget" })).toEqual([
      "search",
      "issues:acme/widget",
      "pulls:acme/widget",
      "refs:acme/widget",
    ]);
  });

  it("of a search that spans repositories stay its own", () => {
    expect(surrogateKeysOf(matched("/search/users"), { owner: "acme", repo: "widget" })).toEqual(["search"]);
  });

  it("of a repository never come from the search argument", () => {
    expect(surrogateKeysOf(matched("/repos/a/b/labels"), { owner: "x", repo: "y" })).toEqual([
      "repo:a/b",
      "labels:a/b",
    ]);
  });
});

describe("a match that was not resolved", () => {
  it.each(["/repositories/42", "/user"])("%s has no keys yet and says so", (path) => {
    expect(() => surrogateKeysOf(matched(path))).toThrow(/Resolve/);
  });

  it("has, once resolved, the keys of the name", () => {
    const byId = resolveRepositoryId(matched("/repositories/42/pulls/7"), "acme", "widget");
    expect(surrogateKeysOf(byId)).toEqual(surrogateKeysOf(matched("/repos/acme/widget/pulls/7")));
    expect(surrogateKeysOf(resolveSelf(matched("/user"), "alice"))).toEqual(["user:alice"]);
  });
});

it.each(ROUTES.map(({ template, example }) => [template, example]))(
  "%s leaves no brace unfilled",
  (_template, example) => {
    const named = surrogateKeysOf(matched(example), { owner: "acme", repo: "widget" });
    for (const key of [...named, ...surrogateKeysOf(matched(example))]) expect(key).not.toMatch(/[{}]/);
  },
);

it.each([
  ["main", "main"],
  ["refs/heads/main", "main"],
  ["heads/feature/foo", "feature/foo"],
  ["v1.2.3", "v1.2.3"],
  ["dependabot/npm_and_yarn/x-1.0", "dependabot/npm_and_yarn/x-1.0"],
  ["refs/tags/v1", undefined],
  ["tags/v1", undefined],
  ["refs/pull/7/head", undefined],
  ["HEAD", undefined],
  ["@", undefined],
  ["main^", undefined],
  ["main@{1}", undefined],
  ["a..b", undefined],
  ["heads/", undefined],
])("plainBranch(%j) is %j", (ref, branch) => {
  expect(plainBranch(ref)).toBe(branch);
});

it("a branch whose name the repository's name is part of cannot forge another key", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 30 }), (name) => {
      const classified = classifyPath(`/repos/a/b/branches/${encodeURIComponent(name)}`);
      if (classified.kind !== "ok") return;
      for (const key of surrogateKeysOf(classified.match)) expect(key).toMatch(/^(?:repo|refs):a\/b$|^ref:a\/b@/);
    }),
  );
});
