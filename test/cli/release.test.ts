import { describe, expect, it } from "vitest";
import { isOlder } from "../../cli/release.ts";

describe("isOlder", () => {
  it.each([
    ["0.2.1", "0.2.2", true],
    ["0.9.9", "0.10.0", true],
    ["0.3.0", "0.3.0", false],
    ["0.3.0", "0.3", false],
    ["1.0.0", "0.99.99", false],
    ["0.3", "0.3.1", true],
    ["0.3.0-beta.1", "0.3.0", false],
    ["0.3.0", "nonsense", false],
  ])("%s before %s: %s", (left, right, is) => {
    expect(isOlder(left, right)).toBe(is);
  });
});
