import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../cli/http.ts";
import { readRefusal } from "../../cli/refusal.ts";

const answer = (body: string, headers = {}): HttpAnswer => ({
  status: 502,
  statusText: "",
  headers,
  body: Buffer.from(body),
});
const unread = {
  status: 502,
  code: undefined,
  message: "The server answered 502 without saying why.",
  requestId: undefined,
  details: {},
};

describe("readRefusal", () => {
  it("reads code, message, request id and details", () => {
    const error = { code: "fallback_local", message: "No.", request_id: "r1", details: { reason: "no_identity" } };
    expect(readRefusal(answer(JSON.stringify({ error })))).toEqual({
      status: 502,
      code: "fallback_local",
      message: "No.",
      requestId: "r1",
      details: { reason: "no_identity" },
    });
  });

  it.each([
    "",
    "<html>",
    "null",
    "[]",
    '"error"',
    '{"error":null}',
    '{"error":[]}',
    '{"error":{"code":7,"message":{},"details":"x"}}',
    '{"error":{"co',
  ])("makes the best of %j", (body) => {
    expect(readRefusal(answer(body))).toEqual(unread);
  });

  it("takes the request id from the header where the body has none, and drops details that are no strings", () => {
    const read = readRefusal(
      answer('{"error":{"code":"x","details":{"a":1,"b":"c"}}}', { "x-octopool-request-id": "r2" }),
    );
    expect(read).toMatchObject({ code: "x", requestId: "r2", details: { b: "c" } });
  });
});
