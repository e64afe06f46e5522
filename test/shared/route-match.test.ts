import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RouteMatch } from "../../shared/route-match.ts";
import { classifyPath, resolveRepositoryId, resolveSelf } from "../../shared/route-match.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import openapi from "../fixtures/github-openapi-paths.json" with { type: "json" };

const SHA = "0123456789abcdef0123456789abcdef01234567";
const LONG_SHA = "ab".repeat(32);
const REPO = "/repos/octocat/hello-world";

function matched(path: string): RouteMatch {
  const classified = classifyPath(path);
  if (classified.kind !== "ok") throw new Error(`${path}: ${classified.kind}, ${classified.why}`);
  return classified.match;
}

describe("every row", () => {
  it.each(ROUTES.map(({ template, example }) => [template, example]))(
    "%s is found by its example",
    (template, example) => {
      const match = matched(example);
      expect(match.route.template).toBe(template);
      expect(match.upstreamPath).toBe(example);
      expect(match.canonicalPath).toBe(example);
    },
  );
});

describe("which row a path asks for", () => {
  it.each([
    [`${REPO}/commits/${SHA}`, "/repos/{owner}/{repo}/commits/{sha}"],
    [`${REPO}/commits/${LONG_SHA}`, "/repos/{owner}/{repo}/commits/{sha}"],
    [`${REPO}/commits/${SHA.slice(1)}`, "/repos/{owner}/{repo}/commits/{ref}"],
    [`${REPO}/commits/${SHA}0`, "/repos/{owner}/{repo}/commits/{ref}"],
    [`${REPO}/commits/abc1234/check-runs`, "/repos/{owner}/{repo}/commits/{ref}/check-runs"],
    [`${REPO}/commits/feature%2Ffoo/status`, "/repos/{owner}/{repo}/commits/{ref}/status"],
    [`${REPO}/commits/${SHA}/status`, "/repos/{owner}/{repo}/commits/{sha}/status"],
    [`${REPO}/branches/feature%2Ffoo`, "/repos/{owner}/{repo}/branches/{branch}"],
    [`${REPO}/labels/area%2Fcli`, "/repos/{owner}/{repo}/labels/{label}"],
    [`${REPO}/compare/main...feature%2Ffoo`, "/repos/{owner}/{repo}/compare/{basehead}"],
    [`${REPO}/compare/octocat:main...feature`, "/repos/{owner}/{repo}/compare/{basehead}"],
    [`${REPO}/pulls/comments`, "/repos/{owner}/{repo}/pulls/comments"],
    [`${REPO}/releases/latest`, "/repos/{owner}/{repo}/releases/latest"],
    [`${REPO}/releases/42`, "/repos/{owner}/{repo}/releases/{id}"],
    [`${REPO}/git/ref/heads/feature/foo`, "/repos/{owner}/{repo}/git/ref/{ref}"],
    [`${REPO}/git/matching-refs/tags`, "/repos/{owner}/{repo}/git/matching-refs/{ref}"],
    [`${REPO}/contents/releases/latest`, "/repos/{owner}/{repo}/contents/{path}"],
    [`${REPO}/actions/workflows/159038/runs`, "/repos/{owner}/{repo}/actions/workflows/{workflow}/runs"],
    ["/repos/search/users", "/repos/{owner}/{repo}"],
    ["/users/octo-cat_corp", "/users/{login}"],
    ["/licenses/bsd-3-clause", "/licenses/{slug}"],
    ["/gitignore/templates/C++", "/gitignore/templates/{template}"],
  ])("%s", (path, template) => {
    expect(matched(path).route.template).toBe(template);
  });
});

describe("paths outside the catalogue are route_denied", () => {
  it.each([
    `${REPO}/actions/secrets`,
    `${REPO}/actions/workflows/.github%2Fworkflows%2Fci.yml`,
    `${REPO}/actions/artifacts/42/zip`,
    `${REPO}/commits/feature/foo`,
    `${REPO}/commits/main/comments`,
    `${REPO}/compare/main..feature`,
    `${REPO}/git/trees/main`,
    `${REPO}/git/ref`,
    `${REPO}/issues/0x1`,
    `${REPO}/issues/007`,
    `${REPO}/issues/-1`,
    `${REPO}/issues/1234567890123456`,
    `${REPO}/pulls/42/nope`,
    `${REPO}/pulls%2F42`,
    "/repos/octocat%2Fhello-world",
    "/repos/octo%20cat/hello-world",
    "/repos/octocat",
    "/repos",
    "/orgs/github",
    "/orgs/github/members",
    "/user/repos",
    "/user%2Frepos",
    "/users/-octocat",
    "/users/octocat[bot]x",
    "/users/dependabot%5bbot%5d%5bbot%5d",
    "/gists/public",
    "/gists/starred",
    `/gists/aa5a315d61ae9438b18d/star`,
    "/advisories/CVE-2024-1",
    "/repositories",
    "/repositories/42x",
    "/repositories/42/actions/secrets",
    "/notifications",
    "/graphql",
    "/__proto__",
    "/repos/octocat/hello-world/constructor",
  ])("%s", (path) => {
    expect(classifyPath(path).kind).toBe("route_denied");
  });

  it("the reason does not repeat the path", () => {
    expect(classifyPath("/ghp_secretsecret")).toEqual({
      kind: "route_denied",
      why: "the path is not in the relay's catalogue",
    });
  });
});

describe("what GitHub is asked, and what the cache key holds", () => {
  it.each([
    ["/users/dependabot[bot]", "/users/dependabot%5Bbot%5D", "/users/dependabot%5Bbot%5D"],
    ["/users/dependabot%5Bbot%5D", "/users/dependabot%5Bbot%5D", "/users/dependabot%5Bbot%5D"],
    ["/users/OctoCat", "/users/OctoCat", "/users/octocat"],
    ["/orgs/GitHub/repos", "/orgs/GitHub/repos", "/orgs/github/repos"],
    ["/repos/Acme/Widget", "/repos/Acme/Widget", "/repos/acme/widget"],
    ["/repos/A/B/labels/Bug", "/repos/A/B/labels/Bug", "/repos/a/b/labels/Bug"],
    ["/repos/a/b/releases/tags/release%2F1.0", "/repos/a/b/releases/tags/release%2F1.0", undefined],
    ["/repos/a/b/releases/tags/@acme%2Fcli@1.2.3+build", "/repos/a/b/releases/tags/@acme%2Fcli@1.2.3+build", undefined],
    [
      "/repos/a/b/releases/tags/%40acme%2Fcli%401.2.3%2Bbuild",
      "/repos/a/b/releases/tags/@acme%2Fcli@1.2.3+build",
      undefined,
    ],
    ["/repos/a/b/contents/docs/read%20me.md", "/repos/a/b/contents/docs/read%20me.md", undefined],
    ["/repos/a/b/contents/docs%2Fread me.md", "/repos/a/b/contents/docs/read%20me.md", undefined],
    ["/repos/a/b/contents/Docs/A", "/repos/a/b/contents/Docs/A", undefined],
    ["/repos/a/b/git/ref/heads%2Fmain", "/repos/a/b/git/ref/heads/main", undefined],
    ["/%72epos/a/b", "/repos/a/b", undefined],
    [`/repos/a/b/commits/${SHA.toUpperCase()}`, `/repos/a/b/commits/${SHA}`, undefined],
  ])("%s", (path, upstreamPath, canonicalPath) => {
    expect(matched(path)).toMatchObject({ upstreamPath, canonicalPath: canonicalPath ?? upstreamPath });
  });

  it("names owner and repository in lower case and keeps the parameters as asked", () => {
    expect(matched("/repos/Acme/Widget/pulls/7")).toMatchObject({
      owner: "acme",
      repo: "widget",
      params: { owner: "Acme", repo: "Widget", number: "7" },
    });
  });

  it("has no owner on a path without a repository", () => {
    expect(matched("/users/octocat").owner).toBeUndefined();
  });
});

describe("a repository by its id", () => {
  const unresolved = matched("/repositories/42/issues/7");

  it("is its row with no owner, and its upstream path names nothing until resolved", () => {
    expect(unresolved).toMatchObject({
      route: { kind: "issue_view" },
      repositoryId: 42,
      upstreamPath: "/repos/{owner}/{repo}/issues/7",
      canonicalPath: "/repositories/42/issues/7",
    });
    expect(unresolved.owner).toBeUndefined();
  });

  it("is, once resolved, the same question as by name", () => {
    const { repositoryId, ...resolved } = resolveRepositoryId(unresolved, "Acme", "Widget");
    expect(repositoryId).toBe(42);
    expect(resolved).toEqual(matched("/repos/Acme/Widget/issues/7"));
  });

  it("alone is the repository", () => {
    expect(matched("/repositories/42").route.kind).toBe("repo_view");
  });

  it("leaves a match by name as it is", () => {
    const named = matched("/repos/acme/widget");
    expect(resolveRepositoryId(named, "other", "thing")).toBe(named);
  });
});

describe("GET /user", () => {
  it("is the profile of whoever asks, and names nobody until resolved", () => {
    expect(matched("/user")).toMatchObject({
      route: { kind: "user_view" },
      self: true,
      upstreamPath: "/users/{login}",
    });
  });

  it("is, once resolved, the same question as by login", () => {
    const { self, ...resolved } = resolveSelf(matched("/user"), "OctoCat");
    expect(self).toBe(true);
    expect(resolved).toEqual(matched("/users/OctoCat"));
  });

  it("leaves any other match as it is", () => {
    const other = matched("/users/alice");
    expect(resolveSelf(other, "mallory")).toBe(other);
  });
});

describe("GitHub's other GET operations", () => {
  /** GitHub lists `compare/{base}...{head}` beside `compare/{basehead}`: the same paths. */
  const shapeOf = (template: string): string => template.replaceAll(/\{[^}]*\}/g, "{}").replace("{}...{}", "{}");
  const ours = new Set(ROUTES.map(({ template }) => shapeOf(template)));
  const others = Object.values(openapi.operations)
    .map(({ path }) => path)
    .filter((path) => !ours.has(shapeOf(path)) && path !== "/user");

  it.each(["octocat", "42", SHA, "GHSA-jfh8-c2jp-5v3q", "main...feature", "ci.yml", "aa5a315d61ae9438b18d"])(
    "are matched by no row with %s for their parameters",
    (sample) => {
      const filled = others.map((path) => path.replaceAll(/\{[^}]*\}/g, sample));
      expect(filled.filter((path) => classifyPath(path).kind !== "route_denied")).toEqual([]);
    },
  );

  it("are many, so that the test above means something", () => {
    expect(others).toContain("/repos/{owner}/{repo}/actions/secrets");
    expect(others).toContain("/user/emails");
  });
});

describe("whatever the text", () => {
  it("classifying never throws", () => {
    const word = fc.constantFrom(
      "repos",
      "a",
      "pulls",
      "7",
      "commits",
      SHA,
      "contents",
      "..",
      "%2F",
      "{x}",
      "user",
      "%",
    );
    const anyPath = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word).map((words) => `/${words.join("/")}`),
    );
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(["ok", "invalid_path", "route_denied"]).toContain(classifyPath(path).kind);
      }),
      { numRuns: 500 },
    );
  });

  it("classifying what GitHub would be asked gives the same question", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        name,
        fc.constantFrom("labels", "contents", "branches", "git/ref", "releases/tags"),
        (text, under) => {
          const first = classifyPath(`/repos/Acme/widget/${under}/${encodeURIComponent(text)}`);
          if (first.kind !== "ok") return;
          expect(matched(first.match.upstreamPath)).toEqual(first.match);
          expect(first.match.upstreamPath).toBe(new URL(first.match.upstreamPath, "https://api.github.com").pathname);
        },
      ),
    );
  });
});
