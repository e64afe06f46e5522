import { describe, expect, it } from "vitest";
import { command } from "../../cli/command.ts";
import { UsageProblem } from "../../cli/exit.ts";
import { parseWords } from "../../cli/parse.ts";

const sample = command({
  name: "sample",
  about: "A sample.",
  args: { path: { about: "a path", required: true }, more: { about: "more" } },
  flags: {
    since: { type: "string", value: "window", default: "24h", about: "how far back" },
    client: { type: "string", value: "name", about: "whose" },
    kind: { type: "string", value: "kind", choices: ["a", "b"], about: "which" },
    weight: { type: "integer", value: "number", about: "how much" },
    query: { type: "list", short: "q", value: "k=v", about: "a parameter" },
    json: { type: "boolean", about: "print JSON" },
  },
  examples: ["octopool sample"],
  run: async () => undefined,
});

const nothing = { since: "24h", client: undefined, kind: undefined, weight: undefined, query: [], json: false };

describe("parseWords", () => {
  it.each([
    { name: "fills defaults", words: ["p"], flags: {} },
    { name: "takes a value after a space", words: ["p", "--since", "7d"], flags: { since: "7d" } },
    { name: "takes a value after an equals sign", words: ["p", "--since=7d"], flags: { since: "7d" } },
    {
      name: "takes a value with a leading hyphen after an equals sign",
      words: ["p", "--client=-x"],
      flags: { client: "-x" },
    },
    { name: "lets the last of two win", words: ["p", "--since", "1h", "--since", "2h"], flags: { since: "2h" } },
    {
      name: "collects a list, long and short",
      words: ["-q", "a=1", "p", "--query=b=2", "-qc=3"],
      flags: { query: ["a=1", "b=2", "c=3"] },
    },
    { name: "reads whole numbers", words: ["p", "--weight", "3"], flags: { weight: 3 } },
    { name: "reads switches", words: ["p", "--json"], flags: { json: true } },
    { name: "accepts a choice", words: ["p", "--kind", "b"], flags: { kind: "b" } },
  ])("$name", ({ words, flags }) => {
    expect(parseWords(sample, words)).toEqual({
      kind: "parsed",
      flags: { ...nothing, ...flags },
      args: { path: "p", more: undefined },
    });
  });

  it("takes everything after -- as arguments", () => {
    expect(parseWords(sample, ["--", "--json", "x"])).toMatchObject({
      args: { path: "--json", more: "x" },
      flags: nothing,
    });
  });

  it.each([["--help"], ["-h"], ["--nonsense", "--help"]])("lets help win in %j", (...words) => {
    expect(parseWords(sample, words)).toEqual({ kind: "help" });
  });

  it.each([
    {
      name: "an unknown flag",
      words: ["p", "--quiery", "a"],
      says: "octopool sample has no flag --quiery. Did you mean --query?",
    },
    {
      name: "a flag named like an object's own member",
      words: ["p", "--constructor"],
      says: "octopool sample has no flag --constructor.",
    },
    { name: "an unknown short flag", words: ["p", "-z"], says: "octopool sample has no flag -z." },
    { name: "a missing value", words: ["p", "--since"], says: "--since needs a value: --since=<window>." },
    {
      name: "a flag in place of a value",
      words: ["p", "--since", "--json"],
      says: "--since needs a value: --since=<window>.",
    },
    { name: "a switch with a value", words: ["p", "--json=yes"], says: "--json takes no value." },
    {
      name: "a number that is none",
      words: ["p", "--weight", "much"],
      says: '--weight must be a whole number, not "much".',
    },
    { name: "a word outside the choices", words: ["p", "--kind", "c"], says: '--kind must be one of a, b, not "c".' },
    { name: "a missing argument", words: [], says: "octopool sample needs <path>: a path." },
    {
      name: "one argument too many",
      words: ["p", "q", "r"],
      says: 'octopool sample does not know what to do with "r".',
    },
  ])("refuses $name", ({ words, says }) => {
    expect(() => parseWords(sample, words)).toThrow(new UsageProblem(says, "octopool sample --help"));
  });
});
