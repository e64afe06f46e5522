import { describe, expect, it } from "vitest";
import { saveAnonymousRate, saveRest } from "../../../server/store/anonymous-rates.ts";
import { findEntry, publishEntry, readForLookup, renewEntry } from "../../../server/store/cache.ts";
import {
  bumpGenerations,
  bumpGenerationsEverywhere,
  readEpoch,
  readGenerations,
} from "../../../server/store/generations.ts";
import { createPool } from "../../../server/store/pools.ts";
import { countByKeys, countOfScope, deleteEntriesOfScope } from "../../../server/store/purge.ts";
import { endProof, findProof, findProofById, type ProofRow, saveProof } from "../../../server/store/visibility.ts";
import { saveCoverage } from "../../../server/store/webhooks.ts";
import { aCacheRow, anAct, countRows, NOON, POLICY, theDb } from "./rows.ts";

const KEYS = ["pull:acme/widget#7", "repo:acme/widget"];
const pool = "maintainers";
const scope = "acme/widget";

function aProof(changes: Partial<ProofRow> = {}): ProofRow {
  return {
    owner: "acme",
    repo: "widget",
    public: true,
    repositoryId: 77,
    fullName: "Acme/Widget",
    etag: '"p"',
    askedBy: "org_token",
    checkedAt: NOON,
    expiresAt: NOON + 30_000,
    ...changes,
  };
}

describe("a lookup", () => {
  const ask = {
    poolId: pool,
    cacheKey: "key-1",
    surrogateKeys: KEYS,
    scope,
    repository: { owner: "acme", repo: "widget" },
    colo: "local",
  };

  it("of nothing knows generation 0 of every key and nothing else", async () => {
    expect(await readForLookup(theDb(), ask)).toEqual({
      generations: { [KEYS[0] ?? ""]: 0, [KEYS[1] ?? ""]: 0 },
      epoch: 0,
      covered: new Set(),
      beside: [],
      rates: {},
    });
  });

  it("brings entry, generations, epoch, proof, rate and coverage together", async () => {
    const rate = { limit: 60, remaining: 12, resetAt: NOON + 1000, readAt: NOON };
    await publishEntry(theDb(), aCacheRow(), KEYS);
    await bumpGenerations(theDb(), pool, scope, [KEYS[0] ?? ""], NOON);
    await saveProof(theDb(), aProof());
    await saveAnonymousRate(theDb(), "local", "core", rate);
    await saveCoverage(theDb(), { owner: "acme", repo: "*", source: "app", events: ["push", "issues"] }, NOON);
    expect(await readForLookup(theDb(), ask)).toEqual({
      covered: new Set(["issues", "push"]),
      row: aCacheRow(),
      generations: { [KEYS[0] ?? ""]: NOON, [KEYS[1] ?? ""]: 0 },
      epoch: NOON,
      proof: aProof(),
      rates: { core: rate },
      beside: [],
    });
  });

  it("brings which token-free sources rest here, by the longest rest", async () => {
    await saveRest(theDb(), "local", "diff", NOON + 60_000, NOON);
    await saveRest(theDb(), "local", "diff", NOON + 30_000, NOON);
    await saveRest(theDb(), "elsewhere", "anonymous", NOON + 60_000, NOON);
    const found = await readForLookup(theDb(), ask);
    expect(found.rates).toEqual({ diff: { limit: 0, remaining: 0, resetAt: NOON + 60_000, readAt: NOON } });
  });

  it("brings what is stored of questions beside it, and takes none of them for its own", async () => {
    const beside = aCacheRow({ cacheKey: "beside" });
    await publishEntry(theDb(), beside, KEYS);
    const found = await readForLookup(theDb(), { ...ask, beside: ["beside", "nowhere"] });
    expect([found.row, found.beside]).toEqual([undefined, [beside]]);
    await publishEntry(theDb(), aCacheRow(), KEYS);
    const both = await readForLookup(theDb(), { ...ask, beside: ["beside"] });
    expect([both.row, both.beside]).toEqual([aCacheRow(), [beside]]);
  });
});

describe("publishing", () => {
  it.each([
    { name: "a higher fence", changes: { fence: 6, fetchedAt: NOON - 1 }, stored: true, fence: 6 },
    { name: "the same fence", changes: { fence: 5, fetchedAt: NOON + 1 }, stored: false, fence: 5 },
    { name: "a lower fence", changes: { fence: 4, fetchedAt: NOON + 1 }, stored: false, fence: 5 },
    { name: "no lease but a younger fetch", changes: { fence: 0, fetchedAt: NOON + 1 }, stored: true, fence: 5 },
    { name: "no lease and an older fetch", changes: { fence: 0, fetchedAt: NOON - 1 }, stored: false, fence: 5 },
  ])("over an entry with $name: stored $stored", async ({ changes, stored, fence }) => {
    await publishEntry(theDb(), aCacheRow({ fence: 5, contentHash: "before" }), KEYS);
    expect(await publishEntry(theDb(), aCacheRow({ ...changes, contentHash: "after" }), KEYS)).toBe(stored);
    expect(await findEntry(theDb(), "key-1")).toMatchObject({ contentHash: stored ? "after" : "before", fence });
    const times = { freshUntil: NOON, staleUntil: NOON, swrUntil: NOON, generations: {} };
    await publishEntry(theDb(), aCacheRow({ cacheKey: "key-2", fence: 5 }), KEYS);
    const { contentHash } = aCacheRow();
    const renewal = { ...times, contentHash, fence: changes.fence, fetchedAt: changes.fetchedAt };
    expect(await renewEntry(theDb(), "key-2", renewal)).toBe(stored);
    expect(await findEntry(theDb(), "key-2")).toMatchObject({ fence, freshUntil: stored ? NOON : NOON + 60_000 });
  });

  it("renews ends and headers and leaves the body", async () => {
    await publishEntry(theDb(), aCacheRow(), KEYS);
    const { body, contentHash } = aCacheRow();
    const renewal = { fetchedAt: NOON + 9, freshUntil: 1, staleUntil: 2, swrUntil: 3, generations: { a: 4 }, fence: 2 };
    await renewEntry(theDb(), "key-1", { ...renewal, contentHash, headers: { etag: '"two"' } });
    expect(await findEntry(theDb(), "key-1")).toMatchObject({
      ...renewal,
      headers: { etag: '"two"' },
      body,
      contentHash,
    });
  });

  it("renews nothing that is not there, nor another body than the one that is unchanged", async () => {
    await publishEntry(theDb(), aCacheRow(), KEYS);
    const times = { fetchedAt: NOON + 9, freshUntil: 1, staleUntil: 2, swrUntil: 3 };
    const renewal = { ...times, generations: {}, fence: 2, contentHash: aCacheRow().contentHash };
    expect(await renewEntry(theDb(), "absent", renewal)).toBe(false);
    expect(await renewEntry(theDb(), "key-1", { ...renewal, contentHash: "another" })).toBe(false);
    expect(await findEntry(theDb(), "key-1")).toEqual(aCacheRow());
  });
});

describe("a purge", () => {
  it("bumps the keys and the scope's epoch of one pool, and never to a number used before", async () => {
    await bumpGenerations(theDb(), pool, scope, ["pull:acme/widget#7"], NOON);
    await bumpGenerations(theDb(), pool, scope, ["pull:acme/widget#7"], NOON);
    await bumpGenerations(theDb(), pool, scope, ["pull:acme/widget#8"], NOON - 5);
    expect(await readGenerations(theDb(), pool, scope, ["pull:acme/widget#7", "pull:acme/widget#8"])).toEqual({
      generations: { "pull:acme/widget#7": NOON + 1, "pull:acme/widget#8": NOON - 5 },
      epoch: NOON + 2,
    });
    expect(await readEpoch(theDb(), "finance", scope)).toBe(0);
  });

  it("by webhook bumps in every pool", async () => {
    for (const id of [pool, "finance"]) await createPool(theDb(), id, POLICY, anAct());
    await bumpGenerationsEverywhere(theDb(), scope, ["refs:acme/widget"], NOON);
    for (const id of [pool, "finance"]) expect(await readEpoch(theDb(), id, scope)).toBe(NOON);
  });

  it("counts an entry once however many of its keys are named", async () => {
    await publishEntry(theDb(), aCacheRow(), KEYS);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "key-2" }), ["repo:acme/widget"]);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "key-3", poolId: "finance" }), KEYS);
    expect(await countByKeys(theDb(), pool, KEYS)).toBe(2);
    expect(await countOfScope(theDb(), pool, scope)).toBe(2);
  });

  it("of a scope deletes its entries and their keys and tells the bodies in R2", async () => {
    await publishEntry(theDb(), aCacheRow({ r2Key: "cache-bodies/v1/aa" }), KEYS);
    await publishEntry(theDb(), aCacheRow({ cacheKey: "key-2", scope: "acme/other" }), ["repo:acme/other"]);
    expect(await deleteEntriesOfScope(theDb(), pool, scope)).toMatchObject({ r2Keys: ["cache-bodies/v1/aa"] });
    expect(await countRows("github_cache_entries")).toBe(1);
    expect(await countRows("cache_entry_keys")).toBe(1);
  });
});

describe("a visibility proof", () => {
  it("asked for earlier does not replace a younger one", async () => {
    await saveProof(theDb(), aProof({ public: false, checkedAt: NOON + 1 }));
    await saveProof(theDb(), aProof());
    expect(await findProof(theDb(), "acme", "widget")).toMatchObject({ public: false });
  });

  it("that was ended stays ended against an answer from before", async () => {
    await saveProof(theDb(), aProof());
    await endProof(theDb(), "acme", "widget", NOON + 10);
    await saveProof(theDb(), aProof({ checkedAt: NOON + 9, expiresAt: NOON + 90_000 }));
    expect(await findProof(theDb(), "acme", "widget")).toMatchObject({ expiresAt: NOON + 10, etag: null });
  });

  it("is found by GitHub's number, the youngest after a rename", async () => {
    await saveProof(theDb(), aProof());
    await saveProof(theDb(), aProof({ repo: "renamed", checkedAt: NOON + 1 }));
    expect(await findProofById(theDb(), 77)).toMatchObject({ repo: "renamed" });
    expect(await findProofById(theDb(), 78)).toBeUndefined();
  });
});

describe("the anonymous budget's standing", () => {
  const reading = { limit: 60, remaining: 10, resetAt: NOON, readAt: NOON };
  it.each([
    { name: "a lower rest in the same window", next: { ...reading, remaining: 9 }, kept: 9 },
    { name: "a higher rest in the same window", next: { ...reading, remaining: 11, readAt: NOON + 1 }, kept: 10 },
    { name: "an earlier window", next: { ...reading, remaining: 1, resetAt: NOON - 1 }, kept: 10 },
    { name: "a later window", next: { ...reading, remaining: 60, resetAt: NOON + 1 }, kept: 60 },
  ])("after $name is $kept", async ({ next, kept }) => {
    await saveAnonymousRate(theDb(), "local", "core", reading);
    await saveAnonymousRate(theDb(), "local", "core", next);
    const { rates } = await readForLookup(theDb(), {
      poolId: pool,
      cacheKey: "x",
      surrogateKeys: [],
      scope,
      colo: "local",
    });
    expect(rates["core"]?.remaining).toBe(kept);
  });
});
