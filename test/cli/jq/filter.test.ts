import { describe, expect, it } from "vitest";
import { UsageProblem } from "../../../cli/exit.ts";
import { loadFilter } from "../../../cli/jq/filter.ts";

const BODY = '{"s":"two\\nlines","n":null,"f":1.25,"o":{"z":1,"a":"<&>"},"l":[3,1,2]}';

async function filtered(expression: string, body = BODY, env: Readonly<Record<string, string>> = {}) {
  const { text, failure } = (await loadFilter(expression, env))(Buffer.from(body));
  return { text, says: failure?.message, next: failure?.next };
}

describe("--jq", () => {
  it.each([
    { expression: ".s", text: "two\nlines\n" },
    { expression: ".n, .s, .missing", text: "\ntwo\nlines\n\n" },
    { expression: ".o", text: '{"a":"\\u003c\\u0026\\u003e","z":1}\n' },
    { expression: ".o | to_entries[].key", text: "a\nz\n" },
    { expression: ".l[]", text: "3\n1\n2\n" },
    { expression: ".l | sort | map(. * 10) | @csv", text: "10,20,30\n" },
    { expression: "empty", text: "" },
    {
      expression: " ",
      text: `${'{"f":1.25,"l":[3,1,2],"n":null,"o":{"a":"\\u003c\\u0026\\u003e","z":1}'},"s":"two\\nlines"}\n`,
    },
    { expression: '.s | test("TWO"; "i")', text: "true\n" },
    { expression: 'reduce .l[] as $x (0; . + $x) | "sum \\(.)"', text: "sum 6\n" },
    { expression: "-1", text: "-1\n" },
    { expression: "$ENV.WHO, env.WHO, (.l | map($ENV.WHO) | length)", text: 'a "b"\na "b"\n3\n' },
    { expression: '"no $env here"', text: "no $env here\n" },
  ])("makes of $expression what jq makes of it, printed as gh does", async ({ expression, text }) => {
    expect(await filtered(expression, BODY, { WHO: 'a "b"' })).toEqual({ text, says: undefined, next: undefined });
  });

  it("prints nothing for an answer without a body", async () => {
    expect((await filtered(".a", "")).text).toBe("");
  });

  it("keeps nothing of one answer for the next", async () => {
    const filter = await loadFilter(".[]", {});
    expect([filter(Buffer.from("[1]")).text, filter(Buffer.from("[2,3]")).text]).toEqual(["1\n", "2\n3\n"]);
  });

  it.each([
    {
      expression: ".l[0], .s.x",
      text: "3\n",
      says: 'The --jq expression failed: Cannot index string with string ("x")',
    },
    { expression: 'error("no luck")', text: "", says: "The --jq expression failed: no luck" },
    {
      expression: ".l |",
      text: "",
      says: "The --jq expression does not compile: syntax error, unexpected end of file, line 1, column 4",
    },
    {
      expression: "env.A | nosuch",
      text: "",
      says: "The --jq expression does not compile: nosuch/0 is not defined, line 1, column 9",
    },
    { expression: 'import "a" as a; .', text: "", says: "The --jq expression does not compile: module not found: a" },
  ])("says of $expression why it failed, after what came before", async ({ expression, text, says }) => {
    expect(await filtered(expression)).toMatchObject({ text, says });
  });

  it("says that only JSON can be read", async () => {
    const filter = await loadFilter(".", {});
    expect(() => filter(Buffer.from("<html>"))).toThrow("not JSON");
  });

  it("reads eight megabytes, which is more than an answer may have", async () => {
    const large = JSON.stringify(Array.from({ length: 2000 }, (_, number) => ({ number, body: "x".repeat(4000) })));
    expect((await filtered("map(.number) | add", large)).text).toBe("1999000\n");
  });

  it("refuses an expression that is none", () => {
    expect(() => loadFilter(".".repeat(65_537), {})).toThrow(UsageProblem);
  });
});
