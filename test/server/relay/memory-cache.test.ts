import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEMORY_BYTES, MEMORY_TTL_MS, MemoryCache } from "../../../server/relay/memory-cache.ts";
import { anEntry, NOW } from "../../support/builders.ts";

const sized = (cacheKey: string, size: number) => anEntry({ cacheKey, body: new Uint8Array(size) });

describe("MemoryCache", () => {
  it("keeps an entry up to its micro-TTL and not a millisecond longer", () => {
    const cache = new MemoryCache();
    cache.put(anEntry(), 3, NOW);
    expect(cache.get("key-1", NOW + MEMORY_TTL_MS - 1)).toMatchObject({
      epoch: 3,
      headersJson: expect.stringContaining("json"),
    });
    expect(cache.get("key-1", NOW + MEMORY_TTL_MS)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it("holds the later of two entries under one key, and counts one", () => {
    const cache = new MemoryCache();
    cache.put(sized("a", 5_000), 0, NOW);
    cache.put(sized("a", 10), 0, NOW);
    expect(cache.get("a", NOW)?.entry.body.byteLength).toBe(10);
    expect(cache.bytes).toBeLessThan(5_000);
    cache.delete("a");
    cache.delete("a");
    expect(cache.bytes).toBe(0);
  });

  it("never holds more bytes than its bound, and counts right", () => {
    const put = fc.record({
      key: fc.integer({ min: 0, max: 40 }),
      size: fc.integer({ min: 0, max: 3_000_000 }),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 60 }), (puts) => {
        const cache = new MemoryCache();
        for (const { key, size, gone } of puts) {
          if (gone) cache.delete(String(key));
          else cache.put(sized(String(key), size), 0, NOW);
          expect(cache.bytes).toBeLessThanOrEqual(MEMORY_BYTES);
        }
        const held = Array.from({ length: 41 }, (_, key) => cache.get(String(key), NOW)?.entry.body.byteLength ?? 0);
        expect(cache.bytes).toBeGreaterThanOrEqual(held.reduce((sum, size) => sum + size, 0));
        for (let key = 0; key <= 40; key += 1) cache.delete(String(key));
        expect(cache.bytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("lets the oldest go first", () => {
    const cache = new MemoryCache();
    for (let key = 0; key < 20; key += 1) cache.put(sized(String(key), 1_000_000), 0, NOW);
    expect(cache.get("0", NOW)).toBeUndefined();
    expect(cache.get("19", NOW)).toBeDefined();
  });

  it("hands back what is too large for one entry without keeping it, nor what it replaces", () => {
    const cache = new MemoryCache();
    cache.put(sized("a", 10), 0, NOW);
    expect(cache.put(sized("a", MEMORY_BYTES / 8), 0, NOW).entry.body.byteLength).toBe(MEMORY_BYTES / 8);
    expect(cache.get("a", NOW)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it("forgets a repository's entries in one pool and no others", () => {
    const cache = new MemoryCache();
    cache.put(anEntry({ cacheKey: "a" }), 0, NOW);
    cache.put(anEntry({ cacheKey: "b" }), 0, NOW);
    cache.put(anEntry({ cacheKey: "c", scope: "acme/other" }), 0, NOW);
    cache.put(anEntry({ cacheKey: "d", poolId: "other" }), 0, NOW);
    cache.deleteScope("maintainers", "acme/widget");
    expect(["a", "b", "c", "d"].filter((key) => cache.get(key, NOW) !== undefined)).toEqual(["c", "d"]);
    cache.clear();
    expect(cache.bytes).toBe(0);
  });

  it("has JSON ready for an envelope, and makes nothing of text before it is asked", () => {
    const cache = new MemoryCache();
    const json = anEntry();
    expect(cache.put(json, 0, NOW).envelopeBody).toBe(json.body);
    expect(cache.put(anEntry({ encoding: "text" }), 0, NOW).envelopeBody).toBeUndefined();
  });
});
