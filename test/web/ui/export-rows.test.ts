import { describe, expect, it } from "vitest";
import { allRows, MOST_EXPORTED } from "../../../web/ui/export-buttons.tsx";
import { toCsv, toNdjson } from "../../../web/ui/export-rows.ts";

describe("a file of rows", () => {
  it.each([
    { name: "plain text", value: "acme", cell: "acme" },
    { name: "a comma and a quote", value: 'a,"b"', cell: '"a,""b"""' },
    { name: "a formula", value: "=1+1", cell: "'=1+1" },
    { name: "a plus", value: "+1", cell: "'+1" },
    { name: "a minus in text", value: "-1", cell: "'-1" },
    { name: "an at sign", value: "@x", cell: "'@x" },
    { name: "a number below zero", value: -1, cell: "-1" },
    { name: "nothing", value: null, cell: "" },
  ])("as CSV: $name", ({ value, cell }) => {
    expect(toCsv([{ it: value }])).toBe(`it\r\n${cell}\r\n`);
  });

  it("as NDJSON is one object a line", () => {
    expect(toNdjson([{ a: 1 }, { a: null }])).toBe('{"a":1}\n{"a":null}\n');
    expect(toCsv([])).toBe("");
  });

  it("takes all pages, and no more than one file holds", async () => {
    const three = await allRows(async (cursor) =>
      cursor === undefined ? { rows: [1, 2], next: "2" } : { rows: [3], next: null },
    );
    expect(three).toEqual([1, 2, 3]);
    const endless = await allRows(async () => ({ rows: Array.from({ length: 200 }, () => 0), next: "more" }));
    expect(endless).toHaveLength(MOST_EXPORTED);
  });
});
