import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderDependenciesDoc } from "../../scripts/generate-dependencies-doc.ts";
import { ROOT } from "../../scripts/run-tool.ts";

const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const text = renderDependenciesDoc();

it("lists what package.json depends on, in its version", () => {
  for (const [name, version] of Object.entries(dependencies)) expect(text).toContain(`\n- ${name} ${version}: `);
});

it("lists what those depend on, and no tool", () => {
  expect(text).toContain("\n- seroval ");
  expect(text).not.toMatch(/\n- (vitest|wrangler|esbuild) /);
});

it("every package names a licence that MIT code may carry", () => {
  const licenses = [...text.matchAll(/^- \S+ \S+: (.+)$/gm)].map(([, license]) => license);
  expect(licenses.length).toBeGreaterThan(10);
  for (const license of licenses) expect(license).toMatch(/^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD)$/);
});
