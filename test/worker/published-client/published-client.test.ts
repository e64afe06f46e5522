/**
 * What published command-line clients expect of a server, case by case, against the real Worker. The file is the
 * protocol's own (version 1); a case that fails here breaks clients that are installed today.
 */
import { expect, it } from "vitest";
import lines from "../../fixtures/published-client.jsonl?raw";
import type { Case } from "./case.ts";
import { setUp } from "./given.ts";
import { expectBody, expectHeaders, expectMatch, expectReadable, fill } from "./matchers.ts";

const CASES = lines
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Case);

/** A GitHub that never answers is waited for until REQUEST_TIMEOUT_MS. */
const TIMEOUT_MS = 40_000;

it.each(CASES)("$area: $name", { timeout: TIMEOUT_MS }, async (one) => {
  const { relay, values, end } = await setUp(one);
  const { request, expect: expected, given } = fill(one, values);
  const host = request.headers["host"];
  const url = host === undefined ? request.path : `http://${host}${request.path}`;
  const response = await relay.fetch(url, { method: request.method, headers: request.headers, ...bodyOf(request) });
  await end();
  const text = await response.text();
  expect(response.status, text.slice(0, 500)).toBe(expected.status);
  expectHeaders(response.headers, expected.headers);
  expect(text.length).toBeLessThanOrEqual(expected.max_bytes ?? 8 * 1024 * 1024);
  if (expected.body_text !== undefined) expectMatch(text, expected.body_text, "body");
  if (response.headers.get("content-type")?.startsWith("application/json") === true) {
    const body = JSON.parse(text) as Record<string, unknown>;
    expectBody(body, expected.body);
    expectReadable(body, response.status);
  }
  const calls = (await relay.github.log()).length;
  expect(calls).toBe(given.github_calls ?? calls);
  if (mayGoUnasked(one)) await relay.github.reset();
});

/** A copy in the cache may spare the question: these cases allow a hit as well as a miss. */
function mayGoUnasked(one: Case): boolean {
  return one.given.cache !== undefined && one.given.cache !== null;
}

function bodyOf(request: Case["request"]): { body?: string } {
  if (request.body_text !== undefined) return { body: request.body_text };
  if (request.body === undefined) return {};
  const pad = request.body_pad_bytes ?? 0;
  const body =
    pad === 0 ? request.body : { ...request.body, path: `${String(request.body["path"])}/${"x".repeat(pad)}` };
  return { body: JSON.stringify(body) };
}
