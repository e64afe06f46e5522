import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeSegment, isUnfilled, MAX_PATH_CHARACTERS, parsePath } from "../../shared/route-path.ts";

const textsOf = (path: string): readonly string[] | string => {
  const parsed = parsePath(path);
  return parsed.kind === "ok" ? parsed.segments.map(({ text }) => text) : parsed.kind;
};

describe("a path the relay reads", () => {
  it.each([
    ["/repos/octocat/hello-world", ["repos", "octocat", "hello-world"]],
    ["/users/dependabot[bot]", ["users", "dependabot[bot]"]],
    ["/users/dependabot%5Bbot%5D", ["users", "dependabot[bot]"]],
    ["/repos/a/.github/contents/.github/ci.yml", ["repos", "a", ".github", "contents", ".github", "ci.yml"]],
    [
      "/repos/a/b/releases/tags/@acme%2Fcli@1.2.3+build",
      ["repos", "a", "b", "releases", "tags", "@acme/cli@1.2.3+build"],
    ],
    ["/repos/a/b/contents/docs/read%20me.md", ["repos", "a", "b", "contents", "docs", "read me.md"]],
    ["/repos/a/b/labels/c%23%3F", ["repos", "a", "b", "labels", "c#?"]],
    ["/repos/a/b/labels/%E2%9C%A8", ["repos", "a", "b", "labels", "✨"]],
    ["/repos/a/b/labels/100%25", ["repos", "a", "b", "labels", "100%"]],
    ["/repos/a/b/contents/...", ["repos", "a", "b", "contents", "..."]],
    ["/repos/a/b/compare/main%2E%2E%2Efeature", ["repos", "a", "b", "compare", "main...feature"]],
    ["/a/%252e%252e", ["a", "%2e%2e"]],
    ["/a/{}/b", ["a", "{}", "b"]],
    ["/a/:42", ["a", ":42"]],
    ["/a/x:owner", ["a", "x:owner"]],
  ])("%s is split, then decoded once", (path, segments) => {
    expect(textsOf(path)).toEqual(segments);
  });

  it("marks segments that held an escaped slash", () => {
    expect(parsePath("/a/b%2Fc")).toEqual({
      kind: "ok",
      segments: [
        { text: "a", hasSlash: false },
        { text: "b/c", hasSlash: true },
      ],
    });
  });
});

describe("a path that is wrong in form is invalid_path", () => {
  it.each([
    ["empty", ""],
    ["relative", "repos/a/b"],
    ["a URL", "https://api.github.com/user"],
    ["a URL behind a slash", "/https://api.github.com/user"],
    ["a query", "/repos/a/b?page=2"],
    ["a fragment", "/repos/a/b#readme"],
    ["a backslash", "/repos/a\\b"],
    ["an encoded backslash", "/repos/a%5Cb/c"],
    ["a raw control character", "/repos/a\nb/c"],
    ["an encoded control character", "/repos/a%0Ab/c"],
    ["an encoded NUL", "/repos/a%00b/c"],
    ["an encoded C1 control", "/repos/a%C2%85b/c"],
    ["half a surrogate pair", "/repos/a/\ud800"],
    ["an empty segment", "/repos//a"],
    ["an empty segment at the start", "//repos/a"],
    ["two slashes at the end", "/repos/a//"],
    ["nothing but slashes", "//"],
    ["a dot segment", "/repos/./a"],
    ["a parent segment", "/repos/a/b/contents/../secret"],
    ["a parent segment at the end", "/repos/a/.."],
    ["an encoded dot", "/repos/%2e/a"],
    ["an encoded parent", "/repos/a/%2E%2e"],
    ["half an encoded parent", "/repos/a/.%2e"],
    ["a parent between encoded slashes", "/repos/a/b/contents/docs%2F..%2Fsecret"],
    ["a parent before an encoded slash, outside the parameters that take one", "/repos/..%2Fa/b"],
    ["an empty piece between encoded slashes", "/repos/a/b/contents/docs%2F%2Fa"],
    ["an encoded slash at the start of a segment", "/repos/a/b/contents/%2Fetc"],
    ["an encoded slash at the end of a segment", "/repos/a/b/contents/etc%2F"],
    ["a lone percent sign", "/repos/a/100%"],
    ["a bad escape", "/repos/a/%zz"],
    ["an escape that is no UTF-8", "/repos/a/%ff"],
    ["an overlong UTF-8 slash", "/repos/a/%c0%af"],
    ["a parent segment beside a placeholder", "/repos/{owner}/.."],
  ])("%s", (_name, path) => {
    expect(parsePath(path).kind).toBe("invalid_path");
  });
});

describe("a path that only the real gh can serve is route_denied", () => {
  it.each([
    ["the bare path", "/"],
    ["a trailing slash", "/repos/a/b/"],
    ["a placeholder in braces", "/repos/{owner}/{repo}/pulls"],
    ["a branch placeholder", "/repos/a/b/branches/{branch}"],
    ["an escaped placeholder", "/repos/a/b/branches/%7Bbranch%7D"],
    ["a placeholder inside a segment", "/repos/a/b/compare/main...{branch}"],
    ["a placeholder with a colon", "/repos/:owner/:repo/pulls"],
    ["a placeholder between encoded slashes", "/repos/a/b/contents/docs%2F:owner"],
    ["a path beyond all bounds", `/${"a".repeat(MAX_PATH_CHARACTERS)}`],
  ])("%s", (_name, path) => {
    expect(parsePath(path).kind).toBe("route_denied");
  });
});

it.each([
  ["{owner}", true],
  [":owner", true],
  ["heads/{branch}", true],
  ["{}", false],
  ["{1}", false],
  ["12:30", false],
  [":", false],
  ["", false],
])("isUnfilled(%j) is %s", (text, expected) => {
  expect(isUnfilled(text)).toBe(expected);
});

it.each([
  ["dependabot[bot]", "dependabot%5Bbot%5D"],
  ["release/1.0", "release%2F1.0"],
  ["@acme/cli@1.2.3+build", "@acme%2Fcli@1.2.3+build"],
  ["read me.md", "read%20me.md"],
  ["a:b,c;d=e&f$g", "a:b,c;d=e&f$g"],
  ["%2e", "%252e"],
  ["c#?", "c%23%3F"],
  ["✨", "%E2%9C%A8"],
])("encodeSegment(%j) is %j", (text, expected) => {
  expect(encodeSegment(text)).toBe(expected);
});

describe("whatever the text", () => {
  const escapes = fc.constantFrom("/", "%", "%2F", "%2e", ".", "..", "{a}", ":b", "\\", "%00", "é", "\ud800", "a");
  const anyPath = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(escapes).map((parts) => `/${parts.join("")}`),
  );

  it("parsing never throws, and no accepted piece is empty, a dot segment, or unsafe", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const parsed = parsePath(path);
        if (parsed.kind !== "ok") return;
        for (const piece of parsed.segments.flatMap(({ text }) => text.split("/"))) {
          expect(["", ".", ".."]).not.toContain(piece);
          expect(piece).not.toMatch(/[\\\p{Cc}\p{Cs}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("an encoded segment decodes to itself and survives a URL parser as one segment", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        fc.pre(text !== "." && text !== ".." && !/[\p{Cs}]/u.test(text));
        const encoded = encodeSegment(text);
        expect(decodeURIComponent(encoded)).toBe(text);
        expect(new URL(`https://api.github.com/x/${encoded}/y`).pathname.split("/")).toHaveLength(4);
      }),
    );
  });
});
