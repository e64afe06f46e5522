import { describe, expect, it } from "vitest";
import { isFullSha, isParameterName, ruleOf } from "../../../shared/routes/parameters.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

describe("a value a parameter takes", () => {
  it.each([
    ["owner", "octo-cat"],
    ["repo", ".github"],
    ["repo", "next.js"],
    ["slug", "bsd-3-clause"],
    ["login", "octocat"],
    ["login", "dependabot[bot]"],
    ["login", "alice_corp"],
    ["number", "0"],
    ["id", "123456789012345"],
    ["attempt", "2"],
    ["sha", SHA],
    ["sha", SHA.toUpperCase()],
    ["sha", "f".repeat(64)],
    ["ref", "feature/foo"],
    ["ref", SHA.slice(0, 7)],
    ["ref", `${SHA}0`],
    ["gist", "aa5a315d61ae9438b18d"],
    ["ghsa", "GHSA-jfh8-c2jp-5v3q"],
    ["workflow", "159038"],
    ["workflow", "build & test.yml"],
    ["template", "C++"],
    ["basehead", "v1.0...main"],
    ["label", "help wanted"],
  ])("%s takes %s", (name, value) => {
    expect(ruleOf(name).accepts(value)).toBe(true);
  });
});

describe("a value a parameter does not take", () => {
  it.each([
    ["owner", "octo cat"],
    ["owner", "octo/cat"],
    ["owner", "a".repeat(101)],
    ["repo", "hello:world"],
    ["login", "-octocat"],
    ["login", "octocat[bot][bot]"],
    ["login", "octocat[app]"],
    ["login", "a".repeat(40)],
    ["number", "007"],
    ["number", "1e3"],
    ["number", "٧"],
    ["number", "1".repeat(16)],
    ["attempt", "0"],
    ["sha", SHA.slice(1)],
    ["sha", `${SHA}\n`],
    ["ref", SHA],
    ["ref", "a".repeat(256)],
    ["gist", "octocat"],
    ["ghsa", "CVE-2024-1"],
    ["basehead", "main..feature"],
    ["template", "Go/x"],
  ])("%s refuses %j", (name, value) => {
    expect(ruleOf(name).accepts(value)).toBe(false);
  });
});

it("an escaped slash may stand only in the parameters the wire names", () => {
  const names = ["owner", "org", "repo", "slug", "login", "number", "id", "attempt", "sha", "ref", "branch", "tag"];
  const all = [...names, "label", "basehead", "path", "dir", "gist", "ghsa", "workflow", "template"];
  const slashed = all.filter((name) => ruleOf(name).allowsSlash === true);
  expect(slashed).toEqual(["ref", "branch", "tag", "label", "basehead", "path", "dir"]);
});

it("a full SHA is told from anything shorter or longer", () => {
  expect([SHA, `${SHA}0`, SHA.slice(1), "a".repeat(64)].map(isFullSha)).toEqual([true, false, false, true]);
});

it("an unknown parameter name is a mistake that shows at start", () => {
  expect(isParameterName("toString")).toBe(false);
  expect(() => ruleOf("toString")).toThrow(/unknown parameter/);
});
