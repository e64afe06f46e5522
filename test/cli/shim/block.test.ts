import { describe, expect, it } from "vitest";
import { hasBlock, placeBlock, removeBlock } from "../../../cli/shim/block.ts";

const LINES = ["case x in", "esac"];

describe("the block in a startup file", () => {
  it.each([
    { name: "no file", text: undefined, at: "end" as const },
    { name: "an empty file", text: "", at: "end" as const },
    { name: "a file", text: "a\nb\n", at: "end" as const },
    { name: "a file whose last line has no end", text: "a\nb", at: "end" as const },
    { name: "a file, at its top", text: "a\nb", at: "top" as const },
  ])("comes and goes without a trace: $name", ({ text, at }) => {
    const placed = placeBlock({ text, lines: LINES, at });
    expect(hasBlock(placed)).toBe(true);
    expect(hasBlock(text)).toBe(false);
    expect(placeBlock({ text: placed, lines: LINES, at })).toBe(placed);
    expect(removeBlock(placed)).toBe(text);
  });

  it("is renewed where it stands", () => {
    const placed = `${placeBlock({ text: "a\n", lines: ["old"], at: "end" })}after\n`;
    const renewed = placeBlock({ text: placed, lines: ["new"], at: "end" });
    expect(renewed).toContain("\nnew\n");
    expect(renewed).not.toContain("old");
    expect(removeBlock(renewed)).toBe("a\nafter\n");
  });

  it("leaves what was added to a file we made, and after a line we ended", () => {
    expect(removeBlock(`${placeBlock({ text: undefined, lines: LINES, at: "end" })}mine\n`)).toBe("mine\n");
    expect(removeBlock(`${placeBlock({ text: "a", lines: LINES, at: "end" })}mine\n`)).toBe("a\nmine\n");
  });
});
