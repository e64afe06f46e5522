import { describe, expect, it } from "vitest";
import { toReply } from "../../../server/relay/reply.ts";
import { bytes, textOf } from "../../support/builders.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const PULL = '{"number":1,"author_association":"MEMBER","head":{"repo":{"full_name":"a/b","private":true,"id":1}}}';

function raw(body: string | Uint8Array, contentType: string, status = 200) {
  const headers = new Headers(contentType === "" ? {} : { "content-type": contentType });
  return { status, headers, body: typeof body === "string" ? bytes(body) : body };
}

describe("JSON", () => {
  it("in which nothing is cut keeps GitHub's very bytes", () => {
    const given = raw('{ "title":"\\u00e9", "n":1.50 }', JSON_TYPE);
    const reply = toReply(given, "json", "identity");
    expect(reply?.body).toBe(given.body);
    expect(reply).toMatchObject({ encoding: "json", filtered: false, json: { title: "é", n: 1.5 } });
  });

  it("is cleaned for its reader, and says so", () => {
    const reply = toReply(raw(PULL, JSON_TYPE), "json", "identity");
    expect(reply?.filtered).toBe(true);
    expect(reply && textOf(reply.body)).toBe('{"number":1,"author_association":"CONTRIBUTOR","head":{"repo":null}}');
  });

  it("is cleaned also where the cuts leave its length as it was", () => {
    const text = '{"author_association":"MEMBER","user":{"login":"ada","type":"User","email":"a@b.com"}}';
    const reply = toReply(raw(text, JSON_TYPE), "json", "identity");
    expect(reply && textOf(reply.body)).not.toContain("a@b.com");
  });

  it.each(["json", "text", "full", "text-match", "star", "object", "raw", "html"] as const)(
    "is cleaned as %s too",
    (variant) => {
      expect(toReply(raw(PULL, JSON_TYPE), variant, "identity")?.filtered).toBe(true);
    },
  );

  it.each([
    ["cut off on the way", '{"number":1,'],
    ["of two values", "{}{}"],
    ["not in UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["with something private in a list", '[{"full_name":"a/b","private":true,"id":1}]'],
    ["nested past all reason", "[".repeat(10_000) + "]".repeat(10_000)],
  ])("is no reply where it is %s", (_what, body) => {
    expect(toReply(raw(body, JSON_TYPE), "json", "identity")).toBeUndefined();
  });

  it("may be null", () => {
    expect(toReply(raw("null", JSON_TYPE), "json", "anonymous")).toMatchObject({ encoding: "json", json: null });
  });

  it("of an error about a file is GitHub's own, and cleaned", () => {
    const reply = toReply(raw('{"message":"Not Found"}', JSON_TYPE, 404), "raw", "anonymous");
    expect(reply).toMatchObject({ status: 404, encoding: "json", json: { message: "Not Found" } });
  });
});

describe("what is no JSON", () => {
  it.each([
    [
      "a file that holds JSON with forbidden names",
      '{"permissions":{"a":1}}',
      "application/vnd.github.raw+json; charset=utf-8",
      "raw",
      "text",
    ],
    [
      "a file that holds broken JSON",
      '{"permissions":',
      "application/vnd.github.raw+json; charset=utf-8",
      "raw",
      "text",
    ],
    [
      "a rendered page under a JSON type",
      "<div>hi</div>",
      "application/vnd.github.html+json; charset=utf-8",
      "html",
      "text",
    ],
    ["an asset that is JSON", '{"role_name":1}', JSON_TYPE, "octet-stream", "text"],
    ["a diff", "diff --git a b", "application/vnd.github.diff; charset=utf-8", "diff", "text"],
    ["a commit's SHA", "a".repeat(40), "application/vnd.github.sha", "sha", "text"],
    ["a log", "line", "text/plain; charset=utf-8", "json", "text"],
    ["something without a type", "line", "", "json", "text"],
    ["text under a binary type", "line", "application/zip", "json", "base64"],
  ] as const)("%s is handed on as it is", (_what, text, contentType, variant, encoding) => {
    const given = raw(text, contentType);
    const reply = toReply(given, variant, "identity");
    expect(reply?.body).toBe(given.body);
    expect(reply).toMatchObject({ encoding, json: undefined, filtered: false });
  });

  it("bytes that are no UTF-8 are base64", () => {
    expect(toReply(raw(new Uint8Array([0, 255, 128]), "text/plain"), "raw", "anonymous")?.encoding).toBe("base64");
  });

  it.each([200, 204, 202])("an empty body (%i) is empty text", (status) => {
    expect(toReply(raw("", JSON_TYPE, status), "json", "identity")).toMatchObject({
      status,
      encoding: "text",
      json: undefined,
    });
  });
});

it("keeps no rate of the identity that asked", () => {
  const given = {
    ...raw("{}", JSON_TYPE),
    headers: new Headers({ "content-type": JSON_TYPE, "x-ratelimit-remaining": "1", etag: '"1"' }),
  };
  expect(toReply(given, "json", "identity")?.headers).toEqual({ "content-type": JSON_TYPE, etag: '"1"' });
});
