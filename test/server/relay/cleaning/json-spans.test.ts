import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutSpans, MAX_DEPTH, type ObjectView, type SpanRules } from "../../../../server/relay/cleaning/json-spans.ts";

const KEEP: SpanRules = { concerns: () => true, member: () => "keep", object: () => "keep" };
const NAMES = ["a", "b", "drop", "swap", "ünï", 'q"\\', ""] as const;

/** JSON as a tree that remembers its own text, so that any spelling of it can be made and walked. */
type Tree =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Tree[]; readonly gap: string }
  | { readonly kind: "object"; readonly members: readonly (readonly [string, Tree])[]; readonly gap: string };

const space = fc.constantFrom("", " ", "\n  ", "\t", "\r\n");
const plain = fc
  .oneof(
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc.constantFrom("true", "false", "null", "1e5", "-0.0", "1.50", String.raw`"\u00e9\/\ud83d\ude00"`, '"}],{["'),
  )
  .map((text): Tree => ({ kind: "plain", text }));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    plain,
    fc.record({ kind: fc.constant("list" as const), items: fc.array(tie("tree"), { maxLength: 5 }), gap: space }),
    fc.record({
      kind: fc.constant("object" as const),
      members: fc.array(fc.tuple(fc.constantFrom(...NAMES), tie("tree")), { maxLength: 6 }),
      gap: space,
    }),
  ),
}));

/** Every second key is written with an escape for its first letter: the same key to a parser. */
function keyText(key: string, index: number): string {
  if (index % 2 === 0 || !/^[a-z]+$/.test(key)) return JSON.stringify(key);
  return `"\\u${key.charCodeAt(0).toString(16).padStart(4, "0")}${key.slice(1)}"`;
}

function write(one: Tree): string {
  if (one.kind === "plain") return one.text;
  const { gap } = one;
  if (one.kind === "list") return `[${gap}${one.items.map(write).join(`${gap},${gap}`)}${gap}]`;
  const members = one.members.map(([key, value], index) => `${keyText(key, index)}${gap}:${gap}${write(value)}`);
  return `{${gap}${members.join(`${gap},${gap}`)}${gap}}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object is cut as a whole where it says so itself, as the rules below read it. */
const RULES: SpanRules = {
  concerns: (key) => key === "drop" || key === "swap",
  member: (key) => (key === "drop" ? "drop" : { replace: '"swapped"' }),
  object: (object) => {
    if (object.raw("a") === "true") return { replace: "null" };
    return object.raw("b") === "true" ? "drop" : "keep";
  },
};
const GONE = Symbol("out of its array");

/** The same rules over the parsed value. */
function reference(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reference).filter((item) => item !== GONE);
  if (!isRecord(value)) return value;
  if (value["a"] === true) return null;
  if (value["b"] === true) return GONE;
  const kept = Object.entries(value).filter(([key]) => key !== "drop");
  return Object.fromEntries(
    kept.map(([key, member]) => {
      const cut = key === "swap" ? "swapped" : reference(member);
      return [key, cut === GONE ? null : cut];
    }),
  );
}

/** `after` is `before` with spans left out: every character of it stands in `before`, in order. */
function isSubsequence(after: string, before: string): boolean {
  let at = 0;
  for (const character of before) if (character === after[at]) at += 1;
  return at === after.length;
}

describe("cutSpans", () => {
  it("gives any text back as it is where no rule cuts anything", () => {
    fc.assert(
      fc.property(tree, space, (one, around) => {
        const text = `${around}${write(one)}${around}`;
        expect(cutSpans(text, KEEP)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("cuts what the same rules cut from the parsed value", () => {
    fc.assert(
      fc.property(tree, (one) => {
        const text = write(one);
        const cut = cutSpans(text, RULES) ?? "";
        const expected = reference(JSON.parse(text));
        expect(JSON.parse(cut)).toEqual(expected === GONE ? null : expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps GitHub's own characters, in their order, where it only drops", () => {
    const rules: SpanRules = { ...RULES, member: (key) => (key === "drop" ? "drop" : "keep"), object: () => "keep" };
    fc.assert(
      fc.property(tree, (one) => {
        const text = write(one);
        const units = (whole: string) => Array.from({ length: whole.length }, (_, at) => whole.charAt(at)).join("\n");
        expect(isSubsequence(units(cutSpans(text, rules) ?? "-"), units(text))).toBe(true);
      }),
    );
  });

  it.each([
    ["the first member", '{"drop":1, "a":1.50}', '{"a":1.50}'],
    ["the last member", '{"a":"\\u00e9" , "drop":1 }', '{"a":"\\u00e9" }'],
    ["the only member", '{ "drop" : [1,{"a":2}] }', "{  }"],
    ["members side by side", '{"drop":1,"drop":2,"a":3,"drop":4,"drop":5}', '{"a":3}'],
    ["a key written with escapes", '{"\\u0064rop":1,"a":2}', '{"a":2}'],
    ["the first of a list", '[{"b":true}, 1]', "[1]"],
    ["the last of a list", '[1, {"b":true}]', "[1]"],
    ["the only one of a list", '[ {"b":true} ]', "[  ]"],
    ["an object that stands in no list", '{"x":{"b":true}}', '{"x":null}'],
    ["a replaced member with what it holds", '{"swap":{"drop":1,"a":true}}', '{"swap":"swapped"}'],
  ])("cuts %s with its comma", (_what, before, after) => {
    expect(cutSpans(before, RULES)).toBe(after);
  });

  it("goes by the last of a repeated key, as parsers do", () => {
    expect(cutSpans('[{"a":false,"a":true}]', RULES)).toBe("[null]");
    expect(cutSpans('[{"a":true,"a":false}]', RULES)).toBe('[{"a":true,"a":false}]');
  });

  it("tells a rule where an object stands", () => {
    const seen: Pick<ObjectView, "depth" | "under" | "inArray">[] = [];
    const object = ({ depth, under, inArray }: ObjectView) => {
      seen.push({ depth, under, inArray });
      return "keep" as const;
    };
    cutSpans('{"head":{"repo":{}},"list":[{}]}', { ...KEEP, object });
    expect(seen).toEqual([
      { depth: 2, under: "repo", inArray: false },
      { depth: 1, under: "head", inArray: false },
      { depth: 2, under: undefined, inArray: true },
      { depth: 0, under: undefined, inArray: false },
    ]);
  });

  it("is undefined as soon as a rule refuses", () => {
    const refusing: SpanRules = { ...KEEP, object: (object) => (object.has("secret") ? "refuse" : "keep") };
    expect(cutSpans('[{"a":[{"secret":1}]},{"b":2}]', refusing)).toBeUndefined();
  });

  describe.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("nested %s", (_what, open, close) => {
    const nest = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;

    it.each([1, 200, MAX_DEPTH])("are walked %i deep", (depth) => {
      expect(cutSpans(nest(depth), KEEP)).toBe(nest(depth));
    });

    it.each([MAX_DEPTH + 1, 10_000, 400_000])("are refused %i deep, before the stack runs out", (depth) => {
      expect(cutSpans(nest(depth), KEEP)).toBeUndefined();
    });
  });

  it.each(['{"a":1', "[1,2", "[}", '{"a":}', '"open', '{"a":"open', "{1:2}", ""])(
    "never runs on in what is no JSON: %s",
    (text) => {
      expect(() => cutSpans(text, KEEP)).toThrow(SyntaxError);
    },
  );
});
