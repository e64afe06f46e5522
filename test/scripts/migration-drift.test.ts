import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { migrationDrift } from "../../scripts/migration-drift.ts";
import { ROOT } from "../../scripts/run-tool.ts";

it("names what drizzle-kit would write, and writes none of it", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "octopool-migrations-"));
  const config = {
    dialect: "sqlite",
    schema: "./test/scripts/support/one-table-schema.ts",
    out: relative(ROOT, folder),
  } as const;
  const drift = await migrationDrift(config);
  expect(drift).toEqual([expect.stringMatching(/^0000_.+\.sql$/), "meta/0000_snapshot.json", "meta/_journal.json"]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
