import { describe, expect, it } from "vitest";
import { inWords, parseProcessorTime, stolenNote, stolenShare } from "../../bench/stolen-time.ts";

const STAT = "cpu  100 10 40 900 20 0 10 40 0 0\ncpu0 50 5 20 450 10 0 5 20 0 0\n";

describe("parseProcessorTime", () => {
  it("adds up what was worked and what was stolen, without idleness and waiting", () => {
    expect(parseProcessorTime(STAT)).toEqual({ stolen: 40, wanted: 200 });
  });

  it.each(["", "intr 1 2 3", "cpu  1 2 3", "cpu a b c d e f g h"])("does not know %j", (text) => {
    expect(parseProcessorTime(text)).toBeUndefined();
  });
});

describe("stolenShare", () => {
  it("is of what was wanted in between", () => {
    expect(stolenShare({ stolen: 40, wanted: 200 }, { stolen: 70, wanted: 300 })).toBe(0.3);
  });

  it("is nothing where the system does not tell, or no time passed", () => {
    const now = { stolen: 40, wanted: 200 };
    expect([stolenShare(undefined, now), stolenShare(now, undefined), stolenShare(now, now)]).toEqual([0, 0, 0]);
  });
});

describe("in words", () => {
  it("next to nothing is not worth a word", () => {
    expect([inWords(0.049), stolenNote(new Map([[1, 0.01]]))]).toEqual(["", ""]);
  });

  it("names the bars that are to be run again", () => {
    expect(inWords(0.31)).toBe("(the host took 31 % of the processors)");
    const note = stolenNote(
      new Map<number | "replay", number>([
        [1, 0.31],
        [2, 0],
        ["replay", 0.1],
      ]),
    );
    expect(note).toContain("during 1 (31 %), replay (10 %): run those again.");
  });
});
