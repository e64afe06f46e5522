import { describe, expect, it } from "vitest";
import { closest } from "../../cli/suggest.ts";

describe("closest", () => {
  it.each([
    ["stat", "stats"],
    ["helth", "health"],
    ["LOGIN", undefined],
    ["zebra", undefined],
    ["", undefined],
    ["apj", "api"],
    ["i", undefined],
  ])("takes %j for %j", (word, meant) => {
    expect(closest(word, ["stats", "health", "login", "api"])).toBe(meant);
  });
});
