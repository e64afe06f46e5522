import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { driftedFiles, GENERATORS } from "../../scripts/generators.ts";
import { renderErrorsDoc } from "../../scripts/generate-errors-doc.ts";
import { ERRORS } from "../../shared/errors.ts";

it.each(GENERATORS)("$file is what its generator says; npm run generate writes it anew", async (generator) => {
  expect(await driftedFiles([generator])).toEqual([]);
});

it("a changed and a missing file have drifted, an equal one has not", async () => {
  const root = await mkdtemp(join(tmpdir(), "octopool-generators-"));
  await writeFile(join(root, "same.md"), "a\n");
  await writeFile(join(root, "changed.md"), "b\n");
  const generators = ["same.md", "changed.md", "missing.md"].map((file) => ({ file, render: () => "a\n" }));
  expect(await driftedFiles(generators, root)).toEqual(["changed.md", "missing.md"]);
  await rm(root, { recursive: true });
});

it("docs/errors.md has a line for every error", () => {
  const text = renderErrorsDoc();
  const absent = Object.entries(ERRORS).filter(
    ([code, { says }]) => !new RegExp(`^- \`${code}\` \\(\\d{3}.*\\): `, "m").test(text) || !text.includes(says),
  );
  expect(absent).toEqual([]);
});
