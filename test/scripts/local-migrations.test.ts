import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { statementsOf } from "../../scripts/local-migrations.ts";

it("takes a migration apart at drizzle-kit's breakpoints", () => {
  const migration =
    "CREATE TABLE `a` (\n\t`x` text\n);\n--> statement-breakpoint\nCREATE INDEX `i` ON `a` (`x`);--> statement-breakpoint\n";
  expect(statementsOf(migration)).toEqual(["CREATE TABLE `a` (\n\t`x` text\n);", "CREATE INDEX `i` ON `a` (`x`);"]);
});

it("every statement of our own migrations ends in one semicolon", async () => {
  const folder = fileURLToPath(new URL("../../migrations/", import.meta.url));
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  const statements = await Promise.all(names.map(async (name) => statementsOf(await readFile(folder + name, "utf8"))));
  expect(statements.flat().filter((sql) => sql.indexOf(";") !== sql.length - 1)).toEqual([]);
});
