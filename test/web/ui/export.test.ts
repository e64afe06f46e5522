import { describe, expect, it } from "vitest";
import { csvOf, ndjsonOf } from "../../../web/ui/export.ts";

const COLUMNS = [
  { name: "text", value: (row: { text: string }) => row.text },
  { name: "n", value: () => -3 },
  { name: "none", value: () => null },
];

describe("csvOf", () => {
  it.each([
    ["plain", "plain"],
    ["=SUM(A1)", "'=SUM(A1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@cmd", "'@cmd"],
    ["\tx", "'\tx"],
    ['say "a", b', '"say ""a"", b"'],
    ["two\nlines", '"two\nlines"'],
    ['=1,"2"', '"\'=1,""2"""'],
  ])("writes %j as %j", (text, cell) => {
    expect(csvOf(COLUMNS, [{ text }])).toBe(`text,n,none\r\n${cell},-3,\r\n`);
  });
});

it("ndjsonOf writes an object a line", () => {
  expect(ndjsonOf(COLUMNS, [{ text: "a\nb" }])).toBe('{"text":"a\\nb","n":-3,"none":null}\n');
});
