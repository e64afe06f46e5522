import { expect, it } from "vitest";
import { ROUTES } from "../../../shared/routes/index.ts";
import type { RouteSpec } from "../../../shared/routes/spec.ts";
import { buildTrie } from "../../../shared/routes/trie.ts";

function rowsWith(...templates: readonly string[]): readonly RouteSpec[] {
  const [row] = ROUTES;
  if (row === undefined) throw new Error("the table is empty");
  return templates.map((template) => ({ ...row, template }));
}

it("two rows with one template are a mistake that shows at start", () => {
  expect(() => buildTrie(rowsWith("/emojis", "/emojis"))).toThrow("Two rows have the template /emojis.");
});

it("a parameter that takes the rest must stand last", () => {
  expect(() => buildTrie(rowsWith("/contents/{path}/history"))).toThrow("{path} must stand last");
});

it("a parameter without a rule is a mistake that shows at start", () => {
  expect(() => buildTrie(rowsWith("/users/{nickname}"))).toThrow("unknown parameter {nickname}");
});

it("rows that share a beginning share its nodes", () => {
  const root = buildTrie(rowsWith("/users/{login}", "/users/{login}/repos"));
  const users = root.statics.get("users");
  expect(users?.parameters).toHaveLength(1);
  expect(users?.parameters[0]?.to.statics.get("repos")?.route?.template).toBe("/users/{login}/repos");
});
