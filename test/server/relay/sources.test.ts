import { describe, expect, it } from "vitest";
import { hasValidator, orderSources } from "../../../server/relay/sources.ts";
import { aJob, anAsk, anEntry, anIdentity, aPool, NOW } from "../../support/builders.ts";

const rate = (remaining: number, resetAt = NOW + 60_000) => ({ limit: 60, remaining, resetAt, readAt: NOW });
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ISSUE = anAsk("/repos/acme/widget/issues/1");
const LOGS = anAsk("/repos/acme/widget/actions/jobs/1/logs");
const RELEASES = anAsk("/repos/acme/widget/releases");
const job = aJob(ISSUE);
const alone = aJob(ISSUE, aPool([]));

describe("orderSources", () => {
  it.each([
    ["token-free first while nothing is known", job, undefined, ["anonymous", "identity"]],
    ["token-free first down to half", job, rate(30), ["anonymous", "identity"]],
    ["quota first below half", job, rate(29), ["identity", "anonymous"]],
    ["quota only once the address has none", job, rate(0), ["identity"]],
    ["token-free again after the reset", job, rate(0, NOW), ["anonymous", "identity"]],
    ["token-free only where no identity may", alone, rate(1), ["anonymous"]],
    ["nobody where nothing is left", alone, rate(0), []],
    ["quota only on rows that GitHub never shows the public", aJob(LOGS), undefined, ["identity"]],
    ["nobody on such rows without an identity", aJob(LOGS, aPool([])), undefined, []],
    ["token-free only on rows no identity may fill", aJob(RELEASES), rate(1), ["anonymous"]],
    [
      "a public-only identity after the public",
      aJob(RELEASES, aPool([anIdentity("pub", ["*"], { publicOnly: true })])),
      undefined,
      ["anonymous", "identity"],
    ],
  ])("%s", (_what, asked, known, order) => {
    expect(orderSources(asked, undefined, known, NOW)).toEqual(order);
  });

  it.each([
    ["diff", anAsk("/repos/acme/widget/pulls/1")],
    ["diff", anAsk(`/repos/acme/widget/commits/${COMMIT}`)],
    ["diff", anAsk("/repos/acme/widget/compare/a...b")],
    ["raw", anAsk("/repos/acme/widget/contents/a.md")],
    ["git", anAsk("/repos/acme/widget/git/ref/heads/main")],
    ["git", anAsk("/repos/acme/widget/git/matching-refs/heads")],
  ])("%s first, whatever the budget and whatever is stored", (first, asked) => {
    for (const known of [undefined, rate(60), rate(1), rate(0)]) {
      expect(orderSources(aJob(asked), undefined, known, NOW)[0]).toBe(first);
      expect(orderSources(aJob(asked), anEntry({ headers: { etag: '"1"' } }), known, NOW)[0]).toBe(first);
    }
  });

  const filled = (headers: Record<string, string>, id = "ada") => anEntry({ headers, identity: { id, kind: "pat" } });

  it.each([
    ["its filler can renew it", filled({ etag: '"1"' }), "identity"],
    ["its filler can renew it by date", filled({ "last-modified": "then" }), "identity"],
    ["it has no validator", filled({}), "anonymous"],
    ["its filler may no longer serve it, but another may from now on", filled({ etag: '"1"' }, "gone"), "identity"],
    [
      "the public filled it, and an identity's next renewal will be free",
      anEntry({ headers: { etag: '"1"' } }),
      "identity",
    ],
  ])("with a stale copy: %s", (_what, stale, first) => {
    expect(orderSources(job, stale, undefined, NOW)[0]).toBe(first);
  });
});

it.each([
  [{ etag: '"1"' }, true],
  [{ "last-modified": "then" }, true],
  [{ date: "now" }, false],
])("%j is a validator: %s", (headers, is) => {
  expect(hasValidator(anEntry({ headers }))).toBe(is);
});
