import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderRoutesDoc } from "../../scripts/generate-routes-doc.ts";
import { ROUTES } from "../../shared/routes/index.ts";

it("docs/routes.md is what the route table says; npm run generate writes it anew", () => {
  const written = readFileSync(new URL("../../docs/routes.md", import.meta.url), "utf8");
  expect(written).toBe(renderRoutesDoc());
});

it("every row has a section", () => {
  const text = renderRoutesDoc();
  const absent = ROUTES.filter(({ kind, template }) => !text.includes(`### \`${kind}\` \`${template}\`\n`));
  expect(absent).toEqual([]);
});

it("times are in words", () => {
  expect(renderRoutesDoc()).toContain("slow, fresh 5 min, 1 h where `ref` is a full SHA, stale 2 h");
});
