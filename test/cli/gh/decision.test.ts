import { describe, expect, it } from "vitest";
import { API_HOST, decide, type GhRequest } from "../../../cli/gh/decision.ts";

const HEADERS = { host: API_HOST, authorization: "token x", accept: "*/*", "user-agent": "GitHub CLI 2.23.0" };

function aRequest(target: string, changes: Partial<GhRequest> = {}): GhRequest {
  const { headers, ...others } = changes;
  return { method: "GET", host: API_HOST, target, ...others, headers: { ...HEADERS, ...headers } };
}

describe("decide", () => {
  it.each([
    ["/repos/o/r"],
    ["/repos/o/r/pulls/1"],
    ["/repositories/7/issues?per_page=1&page=2"],
    ["/repos/o/r/actions/runs?per_page=20&exclude_pull_requests=true"],
    ["/repos/o/r/actions/workflows/ci.yml"],
    ["/repos/o/r/releases/tags/release%2F1.0"],
    ["/search/issues?q=repo%3Ao%2Fr+is%3Apr"],
    ["/gists/abc123"],
    ["/repos/o/r/contents/.github/workflows/ci.yml"],
  ])("relays %s", (target) => {
    expect(decide(aRequest(target)).kind).toBe("relay");
  });

  it.each([
    { target: "/repos/o/r", changes: { host: "uploads.github.com" }, why: "other_host" },
    { target: "/graphql", changes: { method: "POST" }, why: "graphql" },
    { target: "/repos/o/r/issues", changes: { method: "POST" }, why: "write" },
    { target: "/repos/o/r", changes: { method: "HEAD" }, why: "head" },
    { target: "/repos/cli/cli/releases/latest", changes: { headers: { authorization: undefined } }, why: "anonymous" },
    { target: "/", changes: {}, why: "about_the_asker" },
    { target: "/user", changes: {}, why: "about_the_asker" },
    { target: "/rate_limit", changes: {}, why: "about_the_asker" },
    { target: "/user/keys?per_page=100", changes: {}, why: "not_in_catalogue" },
    { target: "/repos/o/r/actions/secrets", changes: {}, why: "not_in_catalogue" },
    { target: "/repos/o/r/../../user", changes: {}, why: "not_in_catalogue" },
    { target: "/repos/o/r?access_token=x", changes: {}, why: "not_in_catalogue" },
    { target: "/repos/o/r/issues?unheard_of=1", changes: {}, why: "not_in_catalogue" },
    { target: "/search/issues?q=author%3A%40me", changes: {}, why: "query" },
    { target: "/search/issues?q=%zz", changes: {}, why: "query" },
    { target: "/repos/o/r", changes: { headers: { "x-other": "1" } }, why: "own_headers" },
    { target: "/repos/o/r", changes: { headers: { accept: "a".repeat(600) } }, why: "own_headers" },
    { target: "/repos/o/r", changes: { headers: { "content-length": "2" } }, why: "own_headers" },
    { target: "/repos/o/r", changes: { headers: { accept: "application/vnd.github.diff" } }, why: "not_in_catalogue" },
  ])("sends $target directly: $why", ({ target, changes, why }) => {
    expect(decide(aRequest(target, changes))).toEqual({ kind: "direct", why });
  });

  it("tells the relay what decides the answer, and no credential", () => {
    const accept = "application/vnd.github.merge-info-preview+json, application/vnd.github.nebula-preview";
    const decision = decide(
      aRequest("/repos/O/R/issues?labels=a&labels=b", { headers: { accept, "if-none-match": '"e"' } }),
    );
    expect(decision).toEqual({
      kind: "relay",
      read: {
        path: "/repos/O/R/issues",
        query: { labels: ["a", "b"] },
        headers: { accept, "if-none-match": '"e"' },
        repository: "o/r",
      },
    });
  });
});
