import { describe, expect, it } from "vitest";
import { PlainFiles } from "../../../server/relay/plain-files.ts";
import { aJob, anAsk, aPool } from "../../support/builders.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const BLOB = "ce013625030ba8dba906f756967f9e9ca394464a";
const file = (path: string, mode = "100644") => ({ path, mode, type: "blob", sha: BLOB, size: 6 });
const tree = (items: readonly unknown[], url = `https://api.github.com/repos/Acme/Widget/git/trees/${COMMIT}`) => ({
  sha: COMMIT,
  url,
  tree: items,
  truncated: false,
});
const contents = (path: string, query: Record<string, string> = { ref: COMMIT }) =>
  aJob(anAsk(`/repos/acme/widget/contents/${path}`, { query }));
const treeKey = (query: Record<string, string> = { recursive: "1" }) =>
  aJob(anAsk(`/repos/acme/widget/git/trees/${COMMIT}`, { query })).cacheKey;

describe("what a tree teaches", () => {
  it.each([
    ["asked for all the way down", { recursive: "1" }],
    ["asked for as true", { recursive: "true" }],
    ["of the root", {}],
  ])("%s, under the key its answer is stored under", (_what, query) => {
    const known = new PlainFiles();
    known.learn(treeKey(query as Record<string, string>), tree([file("a.md")]));
    expect(known.find(contents("a.md"))).toEqual({ sha: BLOB, size: 6, fullName: "Acme/Widget" });
  });

  it.each([
    ["100644", true],
    ["100755", true],
    ["120000", false],
    ["160000", false],
    ["040000", false],
  ])("a path of mode %s is a plain file: %s", (mode, isPlain) => {
    const known = new PlainFiles();
    known.learn(treeKey(), tree([file("a", mode)]));
    expect(known.find(contents("a")) !== undefined).toBe(isPlain);
  });

  it.each([
    ["another path", contents("b.md")],
    ["another case", contents("A.md")],
    ["another commit", contents("a.md", { ref: BLOB })],
    ["a branch", contents("a.md", { ref: "main" })],
    ["another repository", aJob(anAsk("/repos/acme/gadget/contents/a.md", { query: { ref: COMMIT } }))],
    [
      "another pool",
      aJob(anAsk("/repos/acme/widget/contents/a.md", { query: { ref: COMMIT } }), { ...aPool(), id: "another" }),
    ],
  ])("nothing of %s", (_what, job) => {
    const known = new PlainFiles();
    known.learn(treeKey(), tree([file("a.md")]));
    expect(known.find(job)).toBeUndefined();
  });

  it.each([
    ["an error", { message: "Not Found" }],
    ["no object", "tree"],
    ["a tree of no repository", tree([file("a.md")], "https://api.github.com/users/acme")],
    ["a list of something else", tree(["a.md"])],
    ["a file without a name", tree([{ ...file("a.md"), sha: "short" }])],
    ["a file without a size", tree([{ ...file("a.md"), size: null }])],
  ])("nothing from %s", (_what, json) => {
    const known = new PlainFiles();
    known.learn(treeKey(), json);
    expect(known.find(contents("a.md"))).toBeUndefined();
  });
});

describe("what is looked for in D1", () => {
  it("are the trees of the commit, until one is known", () => {
    const known = new PlainFiles();
    expect(known.unknownTrees(contents("a.md"))).toContain(treeKey());
    known.learn(treeKey(), tree([]));
    expect(known.unknownTrees(contents("a.md"))).toEqual([]);
  });

  it("is nothing for rows that raw files do not serve, or without a commit", () => {
    const known = new PlainFiles();
    expect(known.unknownTrees(contents("a.md", { ref: "main" }))).toEqual([]);
    expect(known.unknownTrees(aJob(anAsk("/repos/acme/widget/pulls/1")))).toEqual([]);
  });
});

describe("how much is remembered", () => {
  const many = (count: number) => tree(Array.from({ length: count }, (_, index) => file(`f${index}`)));

  it("is bounded by files: the oldest tree goes", () => {
    const known = new PlainFiles();
    known.learn(treeKey(), many(15_000));
    known.learn("another", many(10_000));
    expect(known.find(contents("f1"))).toBeUndefined();
  });

  it("is not a tree over the bound, which pushes out nothing", () => {
    const known = new PlainFiles();
    known.learn(treeKey(), many(10));
    known.learn("another", many(20_001));
    expect(known.find(contents("f1"))).toBeDefined();
  });

  it("is nothing of a repository that is no longer public", () => {
    const known = new PlainFiles();
    known.learn(treeKey(), many(10));
    known.forgetScope("acme/widget");
    expect(known.find(contents("f1"))).toBeUndefined();
  });
});
