import { describe, expect, it } from "vitest";
import { changesOf } from "../../../server/admin/changes.ts";
import { repositoryOfKey, repositoryOfLease, withoutName } from "../../../server/admin/shown-names.ts";

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

describe("what an act changed", () => {
  it.each([
    { name: "nothing", before: undefined, after: undefined, changes: [] },
    { name: "a creation", before: undefined, after: { weight: 1 }, changes: [["weight", null, "1"]] },
    { name: "an end", before: { weight: 1 }, after: undefined, changes: [["weight", "1", null]] },
    { name: "one of several", before: { a: 1, b: [1, 2] }, after: { a: 1, b: [2] }, changes: [["b", "1, 2", "2"]] },
    {
      name: "a policy within its version",
      before: { version: 3, policy: JSON.stringify({ allow_logs: true }) },
      after: { allow_logs: false },
      changes: [
        ["version", "3", null],
        ["allow_logs", "true", "false"],
      ],
    },
    {
      name: "objects in a list",
      before: {},
      after: { scopes: [{ owner: "*" }] },
      changes: [["scopes", null, '{"owner":"*"}']],
    },
  ])("$name", ({ before, after, changes }) => {
    expect(changesOf(json(before), json(after)).map((one) => [one.field, one.before, one.after])).toEqual(changes);
  });

  it("is cut where it is long, and is nothing where it cannot be read", () => {
    const [change] = changesOf(null, json({ text: "x".repeat(5000) }));
    expect(change?.after?.length).toBeLessThan(400);
    expect(changesOf("{", "}")).toEqual([]);
  });
});

describe("names of repositories", () => {
  it.each([
    { key: "/repos/Acme/Widget/pulls/{number}", name: "Acme/Widget", without: "/repos/{owner}/{repo}/pulls/{number}" },
    { key: "/networks/acme/widget/events", name: "acme/widget", without: "/networks/{owner}/{repo}/events" },
    { key: "/repos/{owner}/{repo}/pulls", name: undefined, without: "/repos/{owner}/{repo}/pulls" },
    { key: "/users/{login}", name: undefined, without: "/users/{login}" },
    { key: "unclassified", name: undefined, without: "unclassified" },
  ])("in the route key $key", ({ key, name, without }) => {
    const found = repositoryOfKey(key);
    expect(found === undefined ? undefined : `${found.owner}/${found.repo}`).toBe(name);
    expect(withoutName(key)).toBe(without);
  });

  it.each([
    { key: "pr_view acme/widget", name: "acme/widget" },
    { key: "proof /repos/acme/widget", name: "acme/widget" },
    { key: "meta *", name: undefined },
    { key: "core", name: undefined },
  ])("in the lease $key", ({ key, name }) => {
    const found = repositoryOfLease(key);
    expect(found === undefined ? undefined : `${found.owner}/${found.repo}`).toBe(name);
  });
});
