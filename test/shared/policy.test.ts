import { describe, expect, it } from "vitest";
import { decodePolicy, defaultPolicy } from "../../shared/policy.ts";

const POLICY = defaultPolicy(["Acme"]);

describe("a policy", () => {
  it("comes back from its text, owners lower-cased, sorted and without doubles", () => {
    const text = JSON.stringify({ ...POLICY, allowed_owners: ["Beta", "acme", "ACME"] });
    expect(decodePolicy(text)).toEqual({ ...POLICY, allowed_owners: ["acme", "beta"] });
  });

  it("allows no search until an operator says so", () => {
    expect(POLICY).toMatchObject({
      allowed_owners: ["acme"],
      allow_public_repos: true,
      allow_search: false,
      allow_logs: true,
    });
  });

  it.each([
    { name: "is no JSON", text: "{" },
    { name: "is empty", text: "" },
    { name: "is an array", text: "[]" },
    { name: "is null", text: "null" },
    { name: "lacks a member", text: JSON.stringify({ ...POLICY, allow_search: undefined }) },
    { name: "has a member nobody knows", text: JSON.stringify({ ...POLICY, allow_everything: true }) },
    { name: "says yes in a string", text: JSON.stringify({ ...POLICY, allow_search: "true" }) },
    { name: "has a star for an owner", text: JSON.stringify({ ...POLICY, allowed_owners: ["*"] }) },
    { name: "has an owner with a slash", text: JSON.stringify({ ...POLICY, allowed_owners: ["acme/widget"] }) },
    { name: "allows no request at a time", text: JSON.stringify({ ...POLICY, max_concurrent_per_caller: 0 }) },
    { name: "counts in fractions", text: JSON.stringify({ ...POLICY, fills_per_hour_per_caller: 1.5 }) },
    { name: "counts below zero", text: JSON.stringify({ ...POLICY, negative_proofs_per_hour_per_caller: -1 }) },
  ])("that $name is unreadable", ({ text }) => {
    expect(decodePolicy(text)).toBeUndefined();
  });
});
