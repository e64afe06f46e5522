import { describe, expect, it } from "vitest";
import { cacheKeyOf } from "../../../server/relay/cache-key.ts";
import { anAsk, aRoute } from "../../support/builders.ts";

function keyOf(
  path: string,
  body: Readonly<Record<string, unknown>> = {},
  pool = "maintainers",
  discriminator = "",
): string {
  const ask = anAsk(path, body);
  return cacheKeyOf(pool, aRoute(ask), ask.apiVersion, discriminator);
}

const ISSUES = "/repos/acme/widget/issues";

it("is a SHA-256 in hex", () => {
  expect(keyOf(ISSUES)).toMatch(/^[0-9a-f]{64}$/);
});

describe("one question has one key", () => {
  it.each([
    ["owner and repository in another case", keyOf("/repos/Acme/WIDGET/issues")],
    ["GitHub's defaults spelt out", keyOf(ISSUES, { query: { page: "1", per_page: "30" } })],
    ["another spelling of JSON", keyOf(ISSUES, { headers: { accept: "application/vnd.github.v3+json" } })],
    ["the plain answer by its name raw", keyOf(ISSUES, { headers: { accept: "application/vnd.github.raw+json" } })],
    ["the default version named", keyOf(ISSUES, { headers: { "x-github-api-version": "2022-11-28" } })],
    ["a bound on its age", keyOf(ISSUES, { headers: { "cache-control": "max-age=5" } })],
    ["a condition", keyOf(ISSUES, { headers: { "if-none-match": '"1"' } })],
    ["an escaped letter", keyOf("/repos/acme/%77idget/issues")],
  ])("%s", (_what, key) => {
    expect(key).toBe(keyOf(ISSUES));
  });

  it("whatever the order of its parameters", () => {
    const query = { state: "open", labels: "a" };
    expect(keyOf(ISSUES, { query })).toBe(keyOf(ISSUES, { query: { labels: "a", state: "open" } }));
  });
});

it.each([
  ["short", ISSUES],
  ["too long to be remembered", `/repos/acme/widget/contents/${"a/".repeat(400)}b`],
])("is the same whenever it is asked for: %s", (_what, path) => {
  const first = keyOf(path);
  const others = Array.from({ length: 1_100 }, (_, index) => keyOf(`/repos/acme/widget/issues/${index + 1}`));
  expect(new Set([first, ...others]).size).toBe(1_101);
  expect([keyOf(path), keyOf("/repos/acme/widget/issues/1")]).toEqual([first, others[0]]);
});

it("two questions have two", () => {
  const keys = [
    keyOf(ISSUES),
    keyOf(ISSUES, {}, "other"),
    keyOf(ISSUES, {}, "maintainers", "head"),
    keyOf("/repos/acme/widget/pulls"),
    keyOf("/repos/acme/other/issues"),
    keyOf(ISSUES, { query: { page: "2" } }),
    keyOf(ISSUES, { query: { labels: ["a", "b"] } }),
    keyOf(ISSUES, { query: { labels: "a,b" } }),
    keyOf(ISSUES, { headers: { accept: "application/vnd.github.html+json" } }),
    keyOf(ISSUES, { headers: { "x-github-api-version": "2026-03-10" } }),
    keyOf("/repos/acme/widget/contents/README.md"),
    keyOf("/repos/acme/widget/contents/readme.md"),
    keyOf("/repos/acme/widget/contents/a%2Fb"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
