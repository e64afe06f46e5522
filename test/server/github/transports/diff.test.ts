import { describe, expect, it } from "vitest";
import { MAX_FILES, MAX_LINES, planDiff } from "../../../../server/github/transports/diff.ts";
import { bytes } from "../../../support/builders.ts";
import { recorded } from "../recorded.ts";
import { aQuestion, ORIGINS } from "./questions.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const REPO = "/repos/Acme/Widget";
const plan = (path: string, accept = "diff", query = {}) => planDiff(aQuestion(path, { accept, query }), ORIGINS);
const TEXT = new Headers({ "content-type": "text/plain; charset=utf-8" });

describe("where a diff is asked for", () => {
  it.each([
    [`${REPO}/pulls/7`, "diff", "https://github.com/Acme/Widget/pull/7.diff"],
    [`${REPO}/pulls/7`, "patch", "https://github.com/Acme/Widget/pull/7.patch"],
    [`${REPO}/commits/${SHA}`, "diff", `https://github.com/Acme/Widget/commit/${SHA}.diff`],
    [`${REPO}/compare/main...feature%2Fx`, "patch", "https://github.com/Acme/Widget/compare/main...feature/x.patch"],
  ])("%s as %s", (path, accept, url) => {
    expect(plan(path, accept)?.url).toBe(url);
  });

  it("follows a redirect of a pull's to GitHub's host of diffs, and to the same place there", () => {
    expect(plan(`${REPO}/pulls/7`)?.redirectsTo).toBe(
      "https://patch-diff.githubusercontent.com/raw/Acme/Widget/pull/7.diff",
    );
  });

  it("says the API's own media type", () => {
    expect(plan(`${REPO}/pulls/7`)?.contentType).toBe("application/vnd.github.diff; charset=utf-8");
    expect(plan(`${REPO}/pulls/7`, "patch")?.contentType).toBe("application/vnd.github.patch; charset=utf-8");
  });

  it.each([
    ["JSON", `${REPO}/pulls/7`, "v3+json", {}],
    ["a page of a commit", `${REPO}/commits/${SHA}`, "diff", { page: "2" }],
    ["a comparison of more than two", `${REPO}/compare/a...b...c`, "diff", {}],
    ["a revision rather than a name", `${REPO}/compare/main~2...main`, "diff", {}],
    ["a branch that ends like a format", `${REPO}/compare/main...x.diff`, "diff", {}],
  ])("declines %s", (_what, path, accept, query) => {
    expect(plan(path, accept, query)).toBeUndefined();
  });
});

describe("what a diff says", () => {
  const read = (body: Uint8Array, accept = "diff", headers = TEXT) =>
    plan(`${REPO}/pulls/7`, accept)?.read(headers, body);
  const files = (count: number, lines = 1) => bytes(`diff --git a/x b/x\n${" \n".repeat(lines - 1)}`.repeat(count));

  it.each(["diff", "patch"])("is passed on byte for byte: %s", (accept) => {
    const body = recorded(`pull-7.${accept}`);
    expect(read(body, accept)).toBe(body);
  });

  it("is as long as the API would answer, and not longer", () => {
    expect(read(files(MAX_FILES))).toBeDefined();
    expect(read(files(MAX_FILES + 1))).toBeUndefined();
    expect(read(files(1, MAX_LINES))).toBeDefined();
    expect(read(files(1, MAX_LINES + 1))).toBeUndefined();
  });

  it.each([
    ["nothing", "", TEXT],
    ["a page", "<html>You have exceeded a rate limit</html>\n", new Headers({ "content-type": "text/html" })],
    ["a page that says it is text", "<html>Whoa there!</html>\n", TEXT],
    ["a diff of no type", "diff --git a/x b/x\n", new Headers()],
    ["a diff that was cut within a line", "diff --git a/x b/x\n--- a/x", TEXT],
    ["the other format", "From 0123456789abcdef0123456789abcdef01234567 Mon\n", TEXT],
  ])("declines %s", (_what, text, headers) => {
    expect(read(bytes(text), "diff", headers)).toBeUndefined();
  });
});
