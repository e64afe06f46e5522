import { describe, expect, it } from "vitest";
import { chooseVariant, classify } from "../../../server/relay/classify.ts";
import { aCaller, anAsk, aRoute } from "../../support/builders.ts";

describe("the row", () => {
  it("of /user is that of the caller's own login", () => {
    const match = classify(anAsk("/user"), aCaller({ githubLogin: "Ada" }));
    expect(match).toMatchObject({
      route: { kind: "user_view" },
      upstreamPath: "/users/Ada",
      canonicalPath: "/users/ada",
    });
  });

  it("of a repository by its number comes back unresolved", () => {
    const match = classify(anAsk("/repositories/42/pulls/1"), aCaller());
    expect(match).toMatchObject({ repositoryId: 42, route: { kind: "pr_view" } });
    expect(match.owner).toBeUndefined();
  });

  it.each([
    ["/repos/acme/../secret", "invalid_path"],
    ["https://evil.example/meta", "invalid_path"],
    ["/meta?x=1", "invalid_path"],
    ["/orgs/acme", "route_denied"],
    ["/repos/{owner}/{repo}", "route_denied"],
    ["/", "route_denied"],
  ])("%s is refused: %s", (path, code) => {
    expect(() => classify(anAsk(path), aCaller())).toThrow(expect.objectContaining({ code }));
  });
});

describe("the variant", () => {
  it("is asked of GitHub in one spelling, and keyed without GitHub's defaults", () => {
    const route = aRoute(
      anAsk("/repos/Acme/Widget/issues", { query: { page: "1", per_page: "100", labels: "a b&c" } }),
    );
    expect(route).toMatchObject({
      upstreamTarget: "/repos/Acme/Widget/issues?labels=a%20b%26c&page=1&per_page=100",
      canonicalQuery: "labels=a%20b%26c&per_page=100",
      upstreamAccept: "application/vnd.github+json",
      variant: "json",
      searchText: undefined,
    });
  });

  it("has no question mark without a query", () => {
    expect(aRoute(anAsk("/meta")).upstreamTarget).toBe("/meta");
  });

  it("sends a plus as itself, not as a space", () => {
    const { upstreamTarget, searchText } = aRoute(anAsk("/search/code", { query: { q: "repo:acme/widget c++" } }));
    expect(upstreamTarget).toBe("/search/code?q=repo%3Aacme%2Fwidget%20c%2B%2B");
    expect(searchText).toBe("repo:acme/widget c++");
  });

  it.each([
    ["/repos/acme/widget/pulls/1", "json", "application/vnd.github+json"],
    ["/repos/acme/widget/issues", "json", "application/vnd.github+json"],
    ["/repos/acme/widget/releases", "json", "application/vnd.github+json"],
    ["/repos/acme/widget/contents/a.md", "raw", "application/vnd.github.raw+json"],
    ["/repos/acme/widget/readme", "raw", "application/vnd.github.raw+json"],
  ])("raw of %s is %s: only files are handed on uncleaned", (path, variant, upstreamAccept) => {
    const headers = { accept: "application/vnd.github.raw+json" };
    expect(aRoute(anAsk(path, { headers }))).toMatchObject({ variant, upstreamAccept });
  });

  it.each([
    ["a query parameter the row does not take", "/meta", { query: { free: "1" } }, "route_denied"],
    ["a query that carries a secret", "/meta", { query: { access_token: "x" } }, "invalid_query"],
    ["a page past the end", "/repos/acme/widget/issues", { query: { page: "100000" } }, "pagination_exhausted"],
    [
      "a media type the row does not take",
      "/meta",
      { headers: { accept: "application/vnd.github.diff" } },
      "route_denied",
    ],
    [
      "two search texts, of which a guard would read one",
      "/search/issues",
      { query: { q: ["repo:acme/widget", "org:other"] } },
      "route_denied",
    ],
  ])("refuses %s", (_what, path, body, code) => {
    const ask = anAsk(path, body);
    expect(() => chooseVariant(ask, classify(ask, aCaller()))).toThrow(expect.objectContaining({ code }));
  });
});
