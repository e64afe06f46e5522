import { describe, expect, it } from "vitest";
import { readRate, readRefusal } from "../../../server/github/rate.ts";
import { bytes } from "../../support/builders.ts";

const NONE = bytes("");
const refusalOf = (status: number, headers: Record<string, string> = {}, body = "") =>
  readRefusal(status, new Headers(headers), bytes(body));

describe("readRate", () => {
  const whole = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4990",
    "x-ratelimit-reset": "1700000000",
    "x-ratelimit-used": "12",
  };
  const reading = { resource: "core", limit: 5000, remaining: 4990, used: 12, resetAt: 1_700_000_000_000 };

  it("reads a whole answer, in milliseconds", () => {
    expect(readRate(new Headers({ ...whole, "x-ratelimit-resource": "search" }))).toEqual({
      ...reading,
      resource: "search",
    });
  });

  it("takes core where no resource is named, and what is missing as used", () => {
    const { "x-ratelimit-used": _used, ...without } = whole;
    expect(readRate(new Headers(without))).toEqual({ ...reading, used: 10 });
  });

  it.each(["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"])("is no reading without %s", (name) => {
    const { [name]: _gone, ...rest }: Record<string, string> = whole;
    expect(readRate(new Headers(rest))).toBeUndefined();
    for (const odd of ["-1", "1.5", "many", "", "1".repeat(13)]) {
      expect(readRate(new Headers({ ...rest, [name]: odd }))).toBeUndefined();
    }
  });
});

describe("an answer is no refusal", () => {
  it.each([200, 201, 204, 301, 304, 400, 404, 409, 410, 422, 451])("%i", (status) => {
    expect(
      readRefusal(status, new Headers({ "retry-after": "5", "x-ratelimit-remaining": "0" }), NONE),
    ).toBeUndefined();
  });
});

it.each([500, 502, 503, 504])("%i means GitHub failed", (status) => {
  expect(refusalOf(status, { "retry-after": "5" })).toEqual({ kind: "failed" });
});

it("401 means the credential is bad, whatever else it says", () => {
  expect(refusalOf(401, { "x-ratelimit-remaining": "0" })).toEqual({ kind: "unauthorized" });
});

describe("403 and 429", () => {
  const secondary = '{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}';
  const abuse = '{"message":"You have triggered an abuse detection mechanism."}';
  const sso = '{"message":"Resource protected by organization SAML enforcement."}';
  const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000000" };

  it.each([
    ["a wait is told", 403, { "retry-after": "30" }, "", { kind: "throttled", retryAfterMs: 30_000 }],
    [
      "a wait is told besides spent quota",
      403,
      { "retry-after": "30", ...spent },
      "",
      { kind: "throttled", retryAfterMs: 30_000 },
    ],
    ["a wait is told with 429", 429, { "retry-after": "1" }, "", { kind: "throttled", retryAfterMs: 1_000 }],
    ["the quota is spent", 403, spent, "", { kind: "depleted", resetAt: 1_700_000_000_000 }],
    ["the quota is spent, by 429", 429, spent, secondary, { kind: "depleted", resetAt: 1_700_000_000_000 }],
    [
      "the quota is spent, its reset unreadable",
      403,
      { "x-ratelimit-remaining": "0" },
      "",
      { kind: "depleted", resetAt: undefined },
    ],
    [
      "a secondary limit by its words",
      403,
      { "x-ratelimit-remaining": "4000" },
      secondary,
      { kind: "throttled", retryAfterMs: undefined },
    ],
    ["abuse by its words", 403, {}, abuse, { kind: "throttled", retryAfterMs: undefined }],
    ["too many, and nothing more", 429, {}, "", { kind: "throttled", retryAfterMs: undefined }],
    ["a wait that cannot be read", 429, { "retry-after": "soon" }, "", { kind: "throttled", retryAfterMs: undefined }],
    [
      "SSO is missing",
      403,
      { "x-github-sso": "required", "x-ratelimit-remaining": "4000" },
      sso,
      { kind: "forbidden" },
    ],
    ["a permission is missing", 403, {}, '{"message":"Resource not accessible by integration"}', { kind: "forbidden" }],
    ["an IP allow list", 403, {}, '{"message":"Your IP address is not permitted"}', { kind: "forbidden" }],
    ["the body is no UTF-8", 403, {}, "\uFFFD", { kind: "forbidden" }],
  ])("%s", (_what, status, headers: Record<string, string>, body, refusal) => {
    expect(refusalOf(status, headers, body)).toEqual(refusal);
  });
});
