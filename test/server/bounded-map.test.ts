import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedMap } from "../../server/bounded-map.ts";

describe("BoundedMap", () => {
  it("forgets the entry that was used longest ago", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    expect(map.get("a")).toBe(1);
    map.set("c", 3);
    expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([1, undefined, 3]);
  });

  it("counts a second write as use, and one key once", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    map.set("c", 4);
    expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([3, undefined, 4]);
    expect(map.size).toBe(2);
  });

  it("forgets what it is told to", () => {
    const map = new BoundedMap<string, number>(3);
    map.set("a", 1);
    map.set("b", 2);
    map.delete("a");
    map.delete("unknown");
    expect([map.get("a"), map.get("b"), map.size]).toEqual([undefined, 2, 1]);
    map.clear();
    expect(map.size).toBe(0);
  });

  it("never holds more than its number, and always the latest", () => {
    const writes = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer()), { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), writes, (most, pairs) => {
        const map = new BoundedMap<number, number>(most);
        for (const [key, value] of pairs) {
          map.set(key, value);
          expect(map.size).toBeLessThanOrEqual(most);
          expect(map.get(key)).toBe(value);
        }
      }),
    );
  });
});
