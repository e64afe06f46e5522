import { describe, expect, it } from "vitest";
import { legible } from "../../../web/pages/identity-horizon.tsx";

const MINUTE = 60_000;

describe("how many can serve is written", () => {
  it.each([
    { name: "wherever it stays readable", minutes: [0, 4, 50], words: ["2", "3", "4"] },
    { name: "but not under the words of a change that follows at once", minutes: [0, 0.1, 50], words: ["", "3", "4"] },
    { name: "at the last change, however late", minutes: [0, 58, 59], words: ["2", "", "4"] },
  ])("$name", ({ minutes, words }) => {
    const steps = minutes.map((at, index) => ({ at: at * MINUTE, words: `${index + 2}` }));
    expect(legible(steps)).toEqual(steps.map(({ at }, index) => ({ at, words: words[index] })));
  });
});
