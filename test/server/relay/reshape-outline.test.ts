import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutList, outlineOf } from "../../../server/relay/reshape-outline.ts";
import { bytes, textOf } from "../../support/builders.ts";

const cut = (text: string, keep: number) => {
  const outline = outlineOf(bytes(text), "jobs");
  return outline === undefined ? undefined : textOf(cutList(bytes(text), outline, keep));
};

describe("cutting a list", () => {
  it.each([
    {
      name: "the first of three",
      text: '{"total_count":3,"jobs":[1,2,3]}',
      keep: 1,
      is: '{"total_count":3,"jobs":[1]}',
    },
    {
      name: "more than there are",
      text: '{"total_count":3,"jobs":[1,2]}',
      keep: 9,
      is: '{"total_count":3,"jobs":[1,2]}',
    },
    { name: "an empty list", text: '{"jobs":[ ],"total_count":0}', keep: 2, is: '{"jobs":[ ],"total_count":0}' },
    {
      name: "with GitHub's own spaces, escapes and numbers",
      text: '{ "total_count" : 2 ,\n "jobs" : [ {"a\\"]":1.0e1} , "\\\\" ] , "x":[{}] }',
      keep: 1,
      is: '{ "total_count" : 2 ,\n "jobs" : [ {"a\\"]":1.0e1} ] , "x":[{}] }',
    },
    {
      name: "of the same name deeper down",
      text: '{"x":{"jobs":[1,2],"total_count":9},"total_count":2,"jobs":[{"jobs":[1,2]},3]}',
      keep: 1,
      is: '{"x":{"jobs":[1,2],"total_count":9},"total_count":2,"jobs":[{"jobs":[1,2]}]}',
    },
  ])("$name", ({ text, keep, is }) => {
    expect(cut(text, keep)).toBe(is);
  });

  it.each([
    "[1,2]",
    '"jobs"',
    "12",
    "{}",
    '{"total_count":1}',
    '{"jobs":[1]}',
    '{"total_count":1,"jobs":{"a":1}}',
    '{"total_count":1,"jobs":null}',
    '{"total_count":"1","jobs":[1]}',
    '{"total_count":1.5,"jobs":[1]}',
    '{"total_count":-1,"jobs":[1]}',
    '{"total_count":1,"total_count":2,"jobs":[1]}',
    '{"total_count":1,"jobs":[1],"jobs":[2]}',
  ])("is not tried on %s", (text) => {
    expect(outlineOf(bytes(text), "jobs")).toBeUndefined();
  });

  it("keeps exactly the first elements, as GitHub wrote them", () => {
    const list = fc.record({
      before: fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
      jobs: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }),
      keep: fc.integer({ min: 1, max: 7 }),
      indent: fc.constantFrom(undefined, 1, "\t"),
    });
    fc.assert(
      fc.property(list, ({ before, jobs, keep, indent }) => {
        const { jobs: _jobs, total_count: _total, ...others } = before;
        const text = JSON.stringify({ ...others, total_count: jobs.length, jobs, after: [others] }, null, indent);
        const shorter = cut(text, keep) ?? "";
        const whole = JSON.parse(text) as { jobs: unknown[] };
        expect(JSON.parse(shorter)).toEqual({ ...whole, jobs: whole.jobs.slice(0, keep) });
        const kept = shorter.length === text.length ? shorter.length : firstDifference(text, shorter);
        expect(text.startsWith(shorter.slice(0, kept))).toBe(true);
        expect(text.endsWith(shorter.slice(kept))).toBe(true);
      }),
    );
  });
});

function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < right.length && left[at] === right[at]) at++;
  return at;
}
