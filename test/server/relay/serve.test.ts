import { describe, expect, it } from "vitest";
import { MemoryCache } from "../../../server/relay/memory-cache.ts";
import { answerFromEntry, toEnvelopeBody } from "../../../server/relay/serve.ts";
import type { CacheEntry } from "../../../server/relay/stages.ts";
import { anAsk, anEntry, bytes, NOW, textOf } from "../../support/builders.ts";

const MODIFIED = "Tue, 14 Nov 2023 12:00:00 GMT";

function serve(headers: Record<string, string>, part: Partial<CacheEntry> = {}, now = NOW) {
  const held = new MemoryCache().put(anEntry(part), 0, NOW);
  return answerFromEntry(held, anAsk("/repos/acme/widget/pulls/1", { headers }), { cache: "hit" }, now);
}

describe("if-none-match", () => {
  it.each([
    ["the same tag", '"abc"', '"abc"', 304],
    ["a weak one of a strong", 'W/"abc"', '"abc"', 304],
    ["a strong one of a weak", '"abc"', 'W/"abc"', 304],
    ["one of several", '"x", W/"abc" ,"y"', '"abc"', 304],
    ["a star", " * ", '"abc"', 304],
    ["another tag", '"abd"', '"abc"', 200],
    ["a part of the tag", '"ab"', '"abc"', 200],
    ["none of several", '"x","y"', 'W/"abc"', 200],
    ["the tag without its quotes", "abc", '"abc"', 200],
  ])("with %s", (_what, given, etag, status) => {
    expect(serve({ "if-none-match": given }, { headers: { etag } }).status).toBe(status);
  });

  it("on an answer without a tag gives the answer", () => {
    expect(serve({ "if-none-match": "*" }, { headers: {} }).status).toBe(200);
  });

  it("decides before if-modified-since", () => {
    const headers = { etag: '"abc"', "last-modified": MODIFIED };
    expect(serve({ "if-none-match": '"x"', "if-modified-since": MODIFIED }, { headers }).status).toBe(200);
  });

  it("says nothing about what is not there", () => {
    expect(serve({ "if-none-match": '"abc"' }, { status: 404, headers: { etag: '"abc"' } }).status).toBe(404);
  });
});

describe("if-modified-since", () => {
  it.each([
    ["the same moment", MODIFIED, 304],
    ["later", "Tue, 14 Nov 2023 12:00:01 GMT", 304],
    ["earlier", "Tue, 14 Nov 2023 11:59:59 GMT", 200],
    ["no date", "yesterday", 200],
  ])("%s", (_what, given, status) => {
    expect(serve({ "if-modified-since": given }, { headers: { "last-modified": MODIFIED } }).status).toBe(status);
  });

  it("of an answer without a date gives the answer", () => {
    expect(serve({ "if-modified-since": MODIFIED }, { headers: {} }).status).toBe(200);
  });
});

it("a 304 has no body, and keeps its headers and facts", () => {
  const answer = serve({ "if-none-match": "*" }, { headers: { etag: '"abc"' } });
  expect(answer).toMatchObject({ status: 304, encoding: "text", headers: { etag: '"abc"' }, facts: { cache: "hit" } });
  expect(answer.body.byteLength).toBe(0);
  expect(textOf(answer.envelopeBody())).toBe("null");
});

describe("a hit", () => {
  it("carries its age, its ends and who filled it", () => {
    const identity = { id: "pat_ada", kind: "pat" } as const;
    const answer = serve({}, { identity, backend: "identity" }, NOW + 2_999);
    expect(answer.identity).toEqual(identity);
    expect(answer.facts).toEqual({
      poolId: "maintainers",
      requestId: "request-1",
      routeKind: "pr_view",
      cacheable: true,
      cache: "hit",
      staleOk: true,
      backend: "identity",
      createdAt: NOW,
      expiresAt: NOW + 60_000,
      ageSeconds: 2,
      quotaUnits: 0,
      upstreamCalls: 0,
    });
  });

  it("of an answer that something was taken out of says so", () => {
    expect(serve({}, { filtered: true }).facts).toMatchObject({ cache: "hit", filtered: true });
  });

  it("is never of a negative age, and says where nothing may be stale", () => {
    const { facts } = serve({}, { staleUntil: NOW + 60_000 }, NOW - 5_000);
    expect(facts).toMatchObject({ ageSeconds: 0, staleOk: false });
  });

  it("shows nobody the quota of its filler", () => {
    const answer = serve({}, { headers: { etag: '"1"' } });
    expect(answer.headersJson).toBe('{"etag":"\\"1\\""}');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
  });

  it("makes its envelope form once", () => {
    const held = new MemoryCache().put(anEntry({ encoding: "text", body: bytes("a\n") }), 0, NOW);
    const ask = anAsk("/meta");
    const first = answerFromEntry(held, ask, { cache: "hit" }, NOW).envelopeBody();
    expect(answerFromEntry(held, ask, { cache: "hit" }, NOW).envelopeBody()).toBe(first);
  });
});

describe("in an envelope", () => {
  it.each([
    ["JSON stands as it is", "json", bytes('{ "n":1.50 }'), '{ "n":1.50 }'],
    ["text is a string", "text", bytes('a "b"\n\u2028😀'), JSON.stringify('a "b"\n\u2028😀')],
    ["a byte order mark stays", "text", bytes("\uFEFFa"), JSON.stringify("\uFEFFa")],
    ["bytes are base64", "base64", new Uint8Array([0, 255]), '"AP8="'],
    ["nothing is null", "text", new Uint8Array(0), "null"],
    ["nothing is null, whatever it was said to be", "json", new Uint8Array(0), "null"],
  ] as const)("%s", (_what, encoding, body, text) => {
    expect(textOf(toEnvelopeBody({ encoding, body }))).toBe(text);
  });
});
