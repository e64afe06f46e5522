import { describe, expect, it } from "vitest";
import { createIo, type Io } from "../../cli/io.ts";
import type { Environment } from "../../cli/machine.ts";

function shown(
  show: (io: Io) => void,
  { terminal = false, env = {} }: { terminal?: boolean; env?: Environment } = {},
): string {
  let text = "";
  const write = (content: string | Uint8Array) => void (text += String(content));
  show(createIo({ env, stdout: { isTTY: terminal, write }, stderr: { write } }));
  return text;
}

const table = (io: Io) =>
  io.table(
    ["NAME", "COUNT"],
    [
      ["ada\tlovelace", 7],
      ["bob", 1200],
      ["carol", null],
    ],
  );

describe("createIo", () => {
  it("aligns a table on a terminal, numbers to the right", () => {
    expect(shown(table, { terminal: true, env: { NO_COLOR: "1" } })).toBe(
      "NAME          COUNT\nada\tlovelace      7\nbob            1200\ncarol             -\n",
    );
  });

  it("prints tab-separated rows without headings in a pipe", () => {
    expect(shown(table)).toBe("ada lovelace\t7\nbob\t1200\ncarol\t-\n");
  });

  it("leads the rows of a titled table with the title in a pipe", () => {
    expect(shown((io) => io.table(["A"], [["x"]], "Usage"))).toBe("Usage\tx\n");
  });

  it.each([
    { name: "on a terminal", terminal: true, env: {}, coloured: true },
    { name: "not under NO_COLOR", terminal: true, env: { NO_COLOR: "1" }, coloured: false },
    { name: "not on a dumb terminal", terminal: true, env: { TERM: "dumb" }, coloured: false },
    { name: "not in a pipe", terminal: false, env: {}, coloured: false },
  ])("colours headings $name", ({ terminal, env, coloured }) => {
    expect(shown((io) => io.table(["A"], [["x"]], "T"), { terminal, env }).includes("\u001B[1m")).toBe(coloured);
  });

  it("indents JSON for people only", () => {
    expect(shown((io) => io.json({ a: 1 }), { terminal: true })).toBe('{\n  "a": 1\n}\n');
    expect(shown((io) => io.json({ a: 1 }))).toBe('{"a":1}\n');
  });

  it("drops control characters from cells, since they come from the server", () => {
    expect(shown((io) => io.table(["A"], [["x\u001B[2Jy\nz\u009B"]]))).toBe("x [2Jy z \n");
  });
});
