import { describe, expect, it } from "vitest";
import { DEFAULT_API_VERSION, parseBody, toAsk } from "../../../server/relay/parse.ts";
import { RelayError } from "../../../shared/errors.ts";
import { anAsk } from "../../support/builders.ts";

const BODY = { pool: "maintainers", method: "GET", path: "/meta" };
const askWith = (headers: Record<string, string>) => anAsk("/meta", { headers });

function refusalOf(body: Readonly<Record<string, unknown>>): RelayError {
  try {
    toAsk(parseBody(body), "request-1", 0);
  } catch (error) {
    if (error instanceof RelayError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a wrong shape", () => {
  it.each([
    ["pool", undefined],
    ["pool", ""],
    ["pool", 1],
    ["pool", null],
    ["method", undefined],
    ["method", ["GET"]],
    ["path", ""],
    ["path", {}],
    ["query", "a=b"],
    ["query", ["a"]],
    ["query", 5],
    ["headers", "accept: */*"],
    ["headers", []],
  ])("of %s (%j) is named", (field, value) => {
    const error = refusalOf({ ...BODY, [field]: value });
    expect(error.code).toBe("invalid_request");
    expect(error.details).toEqual({ field });
    expect(error.message).toContain(field);
  });

  it.each([
    ["query.per_page", { query: { per_page: 100 } }],
    ["query.labels", { query: { labels: ["a", 1] } }],
    ["query.a", { query: { a: null } }],
    ["query.a", { query: { a: { b: "c" } } }],
    ["headers.accept", { headers: { accept: 1 } }],
  ])("inside %s is named", (field, part) => {
    expect(refusalOf({ ...BODY, ...part }).details).toEqual({ field });
  });

  it("repeats no more of a long name than helps", () => {
    const { message } = refusalOf({ ...BODY, query: { ["k".repeat(5000)]: 1 } });
    expect(message.length).toBeLessThan(200);
  });
});

it.each(["POST", "get", "HEAD", "DELETE"])("refuses the method %s", (method) => {
  expect(refusalOf({ ...BODY, method }).code).toBe("method_denied");
});

it("discards what it does not know, and keeps the query as it came", () => {
  const ask = anAsk("/meta", {
    query: { per_page: "100", labels: ["a", "b"] },
    route_hint: { owner: "o", repo: "r", kind: "pr_view" },
    cache_key: "mine",
    idempotency_key: "mine",
  });
  expect(ask.query).toEqual({ per_page: "100", labels: ["a", "b"] });
  expect(ask.hint).toEqual({});
  expect(Object.keys(ask)).not.toContain("cache_key");
});

it.each([
  { query: undefined, headers: undefined },
  { query: null, headers: null, route_hint: null },
])("takes absent members: %j", (part) => {
  expect(anAsk("/meta", part)).toMatchObject({
    query: {},
    accept: undefined,
    apiVersion: DEFAULT_API_VERSION,
    hint: {},
  });
});

describe("headers", () => {
  it("are kept whatever the case of their names", () => {
    const headers = {
      Accept: "application/json",
      "If-None-Match": '"1"',
      "IF-MODIFIED-SINCE": "then",
      "X-Octopool-Public-Shape": "s",
    };
    expect(askWith(headers)).toMatchObject({
      accept: "application/json",
      ifNoneMatch: '"1"',
      ifModifiedSince: "then",
      shape: "s",
    });
  });

  it("that are not on the list are dropped", () => {
    const { headers } = parseBody({
      ...BODY,
      headers: { authorization: "Bearer ghp_x", cookie: "a=b", "x-forwarded-for": "1.1.1.1", host: "evil" },
    });
    expect(headers).toEqual({});
  });

  it.each([
    ["over 512 characters", "a".repeat(513)],
    ["with a line break", "a\r\nx-evil: 1"],
    ["that are not ASCII", "ä"],
  ])("are dropped %s", (_what, value) => {
    expect(askWith({ accept: value }).accept).toBeUndefined();
    expect(askWith({ accept: "a".repeat(512) }).accept).toHaveLength(512);
  });
});

describe("cache-control", () => {
  it.each([
    ["max-age=60", 60],
    ["max-age=0", 0],
    ["no-transform, MAX-AGE = 5", 5],
    ['max-age="7"', 7],
    ["no-cache,max-age=8", 8],
    ["max-age=99999999999999999999", 2 ** 31],
  ])("%s bounds the age", (value, seconds) => {
    expect(askWith({ "cache-control": value }).maxAgeSeconds).toBe(seconds);
  });

  it.each([
    "no-cache",
    "s-maxage=5",
    "x-max-age=5",
    "max-age",
    "max-age=",
    "max-age=-1",
    "max-age=soon",
    "max-stale=9",
    "",
  ])("%s bounds nothing", (value) => {
    expect(askWith({ "cache-control": value }).maxAgeSeconds).toBeUndefined();
  });
});

describe("hints", () => {
  const sha = "A".repeat(40);

  it.each([
    [{ pr_head_sha: sha }, { prHeadSha: sha.toLowerCase() }],
    [{ pr_state: "merged" }, { prState: "merged" }],
    [{ pr_head_sha: "abc", pr_state: "draft" }, {}],
    [{ pr_head_sha: `${sha}0`, pr_state: 1 }, {}],
    ["open", {}],
    [[sha], {}],
  ])("%j", (given, hint) => {
    expect(anAsk("/meta", { route_hint: given }).hint).toEqual(hint);
  });
});

it.each([
  ["2026-03-10", "2026-03-10"],
  ["latest", DEFAULT_API_VERSION],
  ["2022-11-28x", DEFAULT_API_VERSION],
])("takes the version %s as %s", (given, version) => {
  expect(askWith({ "x-github-api-version": given }).apiVersion).toBe(version);
});
