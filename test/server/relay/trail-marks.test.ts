import { describe, expect, it } from "vitest";
import { MARK, Marks, readMarks } from "../../../server/relay/trail-marks.ts";

const write = (with_: (marks: Marks) => void): string => {
  const marks = new Marks();
  with_(marks);
  return marks.text;
};

describe("marks", () => {
  it("of a hit out of memory are a letter each", () => {
    const text = write((marks) => {
      marks.step(MARK.caller, 0);
      marks.step(MARK.pool, 0);
      marks.step(MARK.route, 0);
      marks.pass(MARK.policy);
      marks.pass(MARK.memoryHad);
      marks.pass(MARK.proof);
      marks.step(MARK.answer, 0);
    });
    expect(text).toBe("aocpMvz");
  });

  it("are read back as they were written, beside one another and after the answer too", () => {
    const text = write((marks) => {
      marks.step(MARK.caller, 3);
      marks.span(MARK.identity, 5, 60, "503 pat_a github_unavailable");
      marks.span(MARK.proof, 4, 20, "asked");
      marks.pass(MARK.choose, "sticky pat_a");
      marks.step(MARK.answer, 61);
      marks.step(MARK.kept, 70, "stores");
    });
    expect(readMarks(text).map(({ name, from, to, note, isAfter }) => [name, from, to, note, isAfter])).toEqual([
      ["caller", 0, 3, "", false],
      ["proof", 4, 20, "asked", false],
      ["identity", 5, 60, "503 pat_a github_unavailable", false],
      ["choose", 60, 60, "sticky pat_a", false],
      ["answer", 60, 61, "", false],
      ["kept", 61, 70, "stores", true],
    ]);
  });

  it("have a letter each", () => {
    const codes = Object.values(MARK);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^[A-Za-z]$/.test(code))).toBe(true);
  });

  it("take no note apart, and stay small", () => {
    const text = write((marks) => {
      marks.pass(MARK.choose, "a)z9(b@1");
      for (let each = 0; each < 1_000; each += 1) marks.step(MARK.identity, each, "200 pat_alice");
    });
    expect(readMarks(text)[0]).toMatchObject({ name: "choose", note: "az9b1" });
    expect(text.length).toBeLessThan(650);
  });

  it.each(["", "classify=1 lookup=6 fill=65", "?", "a1(unclosed", "é"])("are none in %j", (text) => {
    expect(readMarks(text)).toEqual([]);
  });
});
