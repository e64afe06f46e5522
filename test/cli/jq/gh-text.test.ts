import { describe, expect, it } from "vitest";
import { ghLine } from "../../../cli/jq/gh-text.ts";

describe("a value as gh prints it", () => {
  it.each([
    { value: "a\tb", line: "a\tb" },
    { value: null, line: "" },
    { value: true, line: "true" },
    { value: 2 ** 63, line: "9223372036854775808" },
    { value: 1e21, line: "1000000000000000000000" },
    { value: 1.5, line: "1.50" },
    { value: 0.125, line: "0.12" },
    { value: 0.375, line: "0.38" },
    { value: -0.125, line: "-0.12" },
    { value: 2.675, line: "2.67" },
    { value: [1.5, 1e21, null], line: "[1.5,1e+21,null]" },
    {
      value: { b: 1, a: { d: "\u2028", c: "<" }, 10: 1, 9: 1 },
      line: '{"10":1,"9":1,"a":{"c":"\\u003c","d":"\\u2028"},"b":1}',
    },
    { value: { "\u{1F600}": 1, "\uFB01": 2 }, line: '{"\uFB01":2,"\u{1F600}":1}' },
  ])("$line", ({ value, line }) => {
    expect(ghLine(value)).toBe(line);
  });
});
