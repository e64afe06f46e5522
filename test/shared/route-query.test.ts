import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QueryValues } from "../../shared/route-query.ts";
import { checkQuery, MAX_LIST_DEPTH, MAX_QUERY_PAIRS, MAX_QUERY_VALUE_CHARACTERS } from "../../shared/route-query.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";

function rowOf(template: string): RouteSpec {
  const row = ROUTES.find((candidate) => candidate.template === template);
  if (row === undefined) throw new Error(`no row ${template}`);
  return row;
}

const ISSUES = rowOf("/repos/{owner}/{repo}/issues");
const PULL = rowOf("/repos/{owner}/{repo}/pulls/{number}");
const RUNS = rowOf("/repos/{owner}/{repo}/actions/runs");
const CONTENTS = rowOf("/repos/{owner}/{repo}/contents/{path}");
const COMPARE = rowOf("/repos/{owner}/{repo}/compare/{basehead}");

const pairs = (checked: ReturnType<typeof checkQuery>, of: "upstream" | "canonical"): string =>
  checked.kind === "ok" ? checked[of].map(([key, value]) => `${key}=${value}`).join("&") : checked.kind;

describe("a query a row takes", () => {
  it.each<[string, RouteSpec, QueryValues, string, string]>([
    ["nothing", PULL, {}, "", ""],
    [
      "pairs, sorted by key",
      ISSUES,
      { state: "open", labels: "bug,area/cli" },
      "labels=bug,area/cli&state=open",
      "labels=bug,area/cli&state=open",
    ],
    ["a repeated key, in the caller's order", ISSUES, { labels: ["b", "a"] }, "labels=b&labels=a", "labels=b&labels=a"],
    ["an empty list, as if absent", ISSUES, { labels: [] }, "", ""],
    ["a ref with a colon in it", CONTENTS, { ref: "heads/foo:bar" }, "ref=heads/foo:bar", "ref=heads/foo:bar"],
    [
      "GitHub's own cursors",
      ISSUES,
      { after: "Y3Vyc29yOjE", per_page: "100" },
      "after=Y3Vyc29yOjE&per_page=100",
      "after=Y3Vyc29yOjE&per_page=100",
    ],
    ["the first page", ISSUES, { page: "1" }, "page=1", ""],
    ["the usual page size", ISSUES, { per_page: "30", page: "2" }, "page=2&per_page=30", "page=2"],
    ["a page size GitHub clamps", ISSUES, { per_page: "500" }, "per_page=500", "per_page=100"],
    ["an empty value", ISSUES, { since: "" }, "since=", "since="],
    [
      "paging of a comparison, which changes it",
      COMPARE,
      { page: "1", per_page: "30" },
      "page=1&per_page=30",
      "page=1&per_page=30",
    ],
  ])("%s", (_name, row, query, upstream, canonical) => {
    const checked = checkQuery(row, query);
    expect(pairs(checked, "upstream")).toBe(upstream);
    expect(pairs(checked, "canonical")).toBe(canonical);
  });
});

describe("a key that may carry a secret is invalid_query, on any row", () => {
  it.each([
    "access_token",
    "token",
    "TOKEN",
    "client_secret",
    "Password",
    "passwd",
    "my_api_key",
    "apikey",
    "access_key",
    "private_key",
    "x[token]",
  ])("%s", (key) => {
    expect(checkQuery(PULL, { [key]: "x" }).kind).toBe("invalid_query");
    expect(checkQuery(ISSUES, { "labels[]": "a", [key]: "x" }).kind).toBe("invalid_query");
  });

  it("is refused without repeating its value", () => {
    expect(JSON.stringify(checkQuery(ISSUES, { token: "ghp_x" }))).not.toContain("ghp_x");
  });
});

describe("a query the row does not take is route_denied", () => {
  it.each<[string, RouteSpec, QueryValues]>([
    ["a parameter of another row", PULL, { per_page: "100" }],
    ["an unknown parameter", ISSUES, { _: "1" }],
    ["a key with brackets", ISSUES, { "labels[]": "bug" }],
    ["an empty key", ISSUES, { "": "x" }],
    ["an overlong key", ISSUES, { [`a${"b".repeat(64)}`]: "x" }],
    ["a key of Object's", ISSUES, { constructor: "x" }],
    ["limit, without its shape", RUNS, { limit: "5" }],
    ["a placeholder in braces", CONTENTS, { ref: "{branch}" }],
    ["a placeholder with a colon", CONTENTS, { ref: ":branch" }],
    ["a placeholder among the values", ISSUES, { labels: ["bug", "{owner}"] }],
    ["an overlong value", ISSUES, { labels: "a".repeat(MAX_QUERY_VALUE_CHARACTERS + 1) }],
    ["too many pairs", ISSUES, { labels: Array.from({ length: MAX_QUERY_PAIRS + 1 }, String) }],
    ["half a surrogate pair", ISSUES, { labels: "\ud800" }],
    ["a page that is no number", ISSUES, { page: "two" }],
    ["page zero", ISSUES, { page: "0" }],
    ["a page size with a leading zero", ISSUES, { per_page: "030" }],
    ["two pages", ISSUES, { page: ["1", "2"] }],
    ["a page beyond all numbers", ISSUES, { page: "9".repeat(10) }],
  ])("%s", (_name, row, query) => {
    expect(checkQuery(row, query).kind).toBe("route_denied");
  });

  it("takes as many pairs and as long a value as it says", () => {
    const labels = Array.from({ length: MAX_QUERY_PAIRS }, () => "a".repeat(MAX_QUERY_VALUE_CHARACTERS));
    expect(checkQuery(ISSUES, { labels }).kind).toBe("ok");
  });
});

describe("how deep a list is served", () => {
  it.each<[string, QueryValues, string]>([
    ["the last whole page", { per_page: "100", page: String(MAX_LIST_DEPTH / 100) }, "ok"],
    ["the page after it", { per_page: "100", page: String(MAX_LIST_DEPTH / 100 + 1) }, "pagination_exhausted"],
    ["a page far out", { per_page: "100", page: "500" }, "pagination_exhausted"],
    ["the usual page size counts", { page: "667" }, "pagination_exhausted"],
    ["the usual page size, one page before", { page: "666" }, "ok"],
    ["a page size GitHub clamps counts as 100", { per_page: "1000", page: "200" }, "ok"],
  ])("%s", (_name, query, kind) => {
    expect(checkQuery(ISSUES, query).kind).toBe(kind);
  });
});

describe("limit under actions-summary-v1", () => {
  it("is ours: told apart, and neither sent nor keyed", () => {
    expect(checkQuery(RUNS, { limit: "5", per_page: "20" }, "actions-summary-v1")).toEqual({
      kind: "ok",
      upstream: [["per_page", "20"]],
      canonical: [["per_page", "20"]],
      limit: 5,
    });
  });

  it.each<[string, RouteSpec, QueryValues, string]>([
    ["under another shape", RUNS, { limit: "5" }, "actions-jobs-v1"],
    ["on a row that is no list", PULL, { limit: "5" }, "actions-summary-v1"],
    ["when it is no number", RUNS, { limit: "all" }, "actions-summary-v1"],
    ["when it is given twice", RUNS, { limit: ["5", "6"] }, "actions-summary-v1"],
  ])("is refused %s", (_name, row, query, shape) => {
    expect(checkQuery(row, query, shape).kind).toBe("route_denied");
  });
});

describe("whatever the query", () => {
  const anyQuery = fc.dictionary(
    fc.oneof(fc.constantFrom("page", "per_page", "labels", "state", "limit"), fc.string()),
    fc.oneof(fc.string({ unit: "binary" }), fc.integer().map(String), fc.array(fc.string())),
  );

  it("checking never throws, and what passes holds only the row's own parameters", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROUTES), anyQuery, (row, query) => {
        const checked = checkQuery(row, query);
        if (checked.kind !== "ok") return;
        for (const [key] of checked.upstream) expect(row.query).toContain(key);
      }),
    );
  });

  it("the canonical query does not depend on the order of keys, and is canonical itself", () => {
    const state = fc.constantFrom("open", "closed", "all");
    const number = fc.integer({ min: 1, max: 150 }).map(String);
    fc.assert(
      fc.property(fc.record({ state, page: number, per_page: number, labels: fc.array(fc.string()) }), (query) => {
        const reversed = Object.fromEntries(Object.entries(query).toReversed());
        const checked = checkQuery(ISSUES, query);
        expect(checkQuery(ISSUES, reversed)).toEqual(checked);
        if (checked.kind !== "ok") return;
        const again = checkQuery(ISSUES, { ...Object.fromEntries(checked.canonical), labels: query.labels });
        expect(pairs(again, "canonical")).toBe(pairs(checked, "canonical"));
      }),
    );
  });
});
