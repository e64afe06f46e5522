/** The cache room's API: totals, searches, one entry, and purges that say beforehand what they end. */
import { beforeEach, describe, expect, it } from "vitest";
import type {
  CacheEntryView,
  CacheSearchView,
  CacheTotalsView,
  PurgeCountView,
} from "../../../shared/dashboard/cache.ts";
import { POOL } from "../support/relay.ts";
import { anOperator, type Bench, codeOf } from "./support.ts";

const PULL = "/repos/acme/widget/pulls/7";
const ISSUE = "/repos/acme/widget/issues/1";
const repository = { target: { kind: "repository", value: "Acme/Widget" } };
const pull = { target: { kind: "path", value: PULL } };

let bench: Bench;
beforeEach(async () => {
  bench = await anOperator();
  for (const path of [PULL, ISSUE]) await bench.relay.ask(path);
});

const search = (input: object) => bench.ask<CacheSearchView>("cache.search", input);
const statusOf = async (path: string) => (await bench.relay.ask(path)).envelope.relay["cache"];

describe("totals", () => {
  it("count entries, freshness and bytes by kind", async () => {
    const totals = await bench.ask<CacheTotalsView>("cache.totals");
    expect(totals).toMatchObject({ entries: 2, fresh: 2, stale: 0 });
    expect(totals.kinds.map(({ routeKind, entries }) => `${routeKind} ${entries}`).toSorted()).toEqual([
      "issue_view 1",
      "pr_view 1",
    ]);
    expect(totals.bodyBytes).toBe(totals.kinds.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0));
  });
});

describe("a search", () => {
  it.each([
    { name: "a repository, whatever its case", input: repository, paths: [ISSUE, PULL] },
    { name: "a path", input: pull, paths: [PULL] },
    { name: "a surrogate key", input: { target: { kind: "key", value: "issue:acme/widget#1" } }, paths: [ISSUE] },
    { name: "a key of nothing", input: { target: { kind: "key", value: "issue:acme/widget#9" } }, paths: [] },
  ])("finds by $name", async ({ input, paths }) => {
    const { rows, next } = await search(input);
    expect(rows.map(({ path }) => path).toSorted()).toEqual(paths);
    expect(next).toBeNull();
  });

  it.each([repository, { target: { kind: "key", value: "repo:acme/widget" } }])("comes page by page", async (input) => {
    const first = await search({ ...input, limit: 1 });
    expect(first.rows).toHaveLength(1);
    const second = await search({ ...input, limit: 1, cursor: first.next });
    expect(second).toMatchObject({ next: null });
    expect(second.rows[0]?.cacheKey).not.toBe(first.rows[0]?.cacheKey);
  });

  it("shows nothing of a repository that GitHub hides by now, nor its entry", async () => {
    const [row] = (await search(pull)).rows;
    await bench.relay.db.$client.prepare("UPDATE github_public_repos SET public = 0").run();
    expect((await search(repository)).rows).toEqual([]);
    expect((await search(pull)).rows).toEqual([]);
    const entry = await bench.browser.query("cache.entry", { pool: POOL, cacheKey: row?.cacheKey });
    expect(codeOf(entry)).toBe("cache_entry_not_found");
  });

  it.each([
    { name: "no repository", target: { kind: "repository", value: "acme" }, code: "invalid_request" },
    { name: "a path outside the catalogue", target: { kind: "path", value: "/nowhere" }, code: "route_denied" },
    { name: "a path that climbs", target: { kind: "path", value: "/repos/a/../b" }, code: "invalid_path" },
    { name: "another kind", target: { kind: "owner", value: "acme" }, code: "invalid_request" },
  ])("for $name is $code", async ({ target, code }) => {
    expect(codeOf(await bench.browser.query("cache.search", { pool: POOL, target }))).toBe(code);
  });
});

describe("one entry", () => {
  it("tells its ends, generations, validator and who filled it, and no body", async () => {
    const [row] = (await search(pull)).rows;
    const entry = await bench.ask<CacheEntryView>("cache.entry", { cacheKey: row?.cacheKey });
    expect(entry).toMatchObject({
      state: "fresh",
      repository: "acme/widget",
      validator: { name: "etag", value: expect.stringMatching(/^(W\/)?"/) },
      filledBy: { kind: "token_free" },
    });
    expect(entry.freshUntil).toBeGreaterThan(entry.now);
    expect(entry.keys.map(({ key }) => key)).toContain("pull:acme/widget#7");
    expect(entry).not.toHaveProperty("body");
  });

  it("is found in its own pool only", async () => {
    const [row] = (await search(pull)).rows;
    await bench.relay.db.$client.prepare("UPDATE github_cache_entries SET pool_id = 'another'").run();
    const answer = await bench.browser.query("cache.entry", { pool: POOL, cacheKey: row?.cacheKey });
    expect(codeOf(answer)).toBe("cache_entry_not_found");
  });
});

describe("a purge", () => {
  it.each([
    { name: "a repository", input: repository, entries: 2, purged: [PULL, ISSUE], kept: [] },
    { name: "a path", input: pull, entries: 1, purged: [PULL], kept: [ISSUE] },
    {
      name: "a surrogate key",
      input: { target: { kind: "key", value: "issue:acme/widget#1" } },
      entries: 1,
      purged: [ISSUE],
      kept: [PULL],
    },
  ])("of $name says how many before, and then ends these at once", async ({ input, entries, purged, kept }) => {
    const counted = await bench.ask<PurgeCountView>("cache.countPurge", input);
    expect(counted).toMatchObject({ entries, fresh: entries });
    for (const path of [...purged, ...kept]) expect(await statusOf(path)).toBe("hit");
    expect((await bench.act("cache.purge", input)).data).toEqual(counted);
    expect(await bench.ask<PurgeCountView>("cache.countPurge", input)).toMatchObject({ entries: 0 });
    for (const path of kept) expect(await statusOf(path)).toBe("hit");
    for (const path of purged) expect(await statusOf(path)).toBe("miss");
    expect((await bench.log())[0]).toMatchObject({
      actor: "alice",
      action: "cache.purge",
      subject: counted.keys.join(" "),
    });
  });

  it("marks what it ended in the lists until it is swept", async () => {
    await bench.act("cache.purge", pull);
    expect((await search(repository)).rows.map(({ path, state }) => `${path} ${state}`).toSorted()).toEqual([
      `${ISSUE} fresh`,
      `${PULL} purged`,
    ]);
  });
});
