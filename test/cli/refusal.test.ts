import { describe, expect, it } from "vitest";
import { ERRORS } from "../../shared/errors.ts";
import type { HttpAnswer } from "../../cli/http.ts";
import { readRefusal, toProblem } from "../../cli/refusal.ts";

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

describe("toProblem", () => {
  const refusalOf = (status: number, code?: string) => ({ status, code, message: "No.", requestId: "r1", details: {} });

  it("has something to type next and the request id for every refusal of the catalogue, and for none of it", () => {
    const codes = Object.entries(ERRORS).map(([code, { status }]) => refusalOf(status, code));
    const problems = [...codes, refusalOf(502), refusalOf(404)].map((refusal) =>
      toProblem(refusal, "https://o.example"),
    );
    expect(problems.filter(({ next, requestId }) => (next ?? "") === "" || requestId !== "r1")).toEqual([]);
  });

  it.each([
    { name: "a window that is none", refusal: refusalOf(400, "invalid_window"), next: "octopool stats --since 24h" },
    { name: "the server's own trouble", refusal: refusalOf(502), next: /^try again; if it stays, give your operator/ },
    {
      name: "a caller nobody knows",
      refusal: refusalOf(401, "invalid_auth"),
      next: "octopool login https://o.example",
    },
  ])("says what to do about $name", ({ refusal, next }) => {
    expect(toProblem(refusal, "https://o.example").next).toMatch(next);
  });
});
