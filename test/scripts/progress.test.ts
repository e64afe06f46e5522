import { expect, it } from "vitest";
import { createProgress, inSeconds } from "../../scripts/progress.ts";

function aProgress() {
  const written: string[] = [];
  let now = 0;
  const progress = createProgress({ write: (text) => written.push(text), now: () => now });
  const taking =
    <T>(ms: number, result: () => T) =>
    () => {
      now += ms;
      return result();
    };
  return { progress, written, taking };
}

it("a step prints its name, its time and what it found", async () => {
  const { progress, written, taking } = aProgress();
  const result = await progress.step(
    "build",
    taking(1234, () => 7),
    (found) => `found ${found}`,
  );
  expect(result).toBe(7);
  expect(written).toEqual(["build             1.2 s  found 7\n"]);
});

it("a step that fails says so and passes the failure on", async () => {
  const { progress, written, taking } = aProgress();
  const failing = progress.step(
    "seed",
    taking(50, () => Promise.reject(new Error("no"))),
  );
  await expect(failing).rejects.toThrow("no");
  expect(written).toEqual(["seed              0.1 s  failed\n"]);
});

it.each([
  { ms: 0, text: "  0.0 s" },
  { ms: 9_949, text: "  9.9 s" },
  { ms: 61_000, text: " 61.0 s" },
])("$ms ms are $text", ({ ms, text }) => {
  expect(inSeconds(ms)).toBe(text);
});
