import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashOf } from "../../scripts/build-worker.ts";

const INPUTS = ["server", "wrangler.jsonc", "public"];

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "octopool-build-"));
  await mkdir(join(root, "server/http"), { recursive: true });
  await writeFile(join(root, "server/worker.ts"), "export {};");
  await writeFile(join(root, "server/http/router.ts"), "export {};");
  await writeFile(join(root, "wrangler.jsonc"), "{}");
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

it.each([
  { name: "a changed file", change: () => writeFile(join(root, "server/http/router.ts"), "export const a = 1;") },
  { name: "a new file", change: () => writeFile(join(root, "server/new.ts"), "") },
  { name: "a removed file", change: () => rm(join(root, "server/http/router.ts")) },
  { name: "a renamed file", change: () => rename(join(root, "server/worker.ts"), join(root, "server/entry.ts")) },
  { name: "a changed configuration", change: () => writeFile(join(root, "wrangler.jsonc"), '{"name":"x"}') },
  {
    name: "a folder that was missing",
    change: () => mkdir(join(root, "public")).then(() => writeFile(join(root, "public/robots.txt"), "")),
  },
])("$name makes another hash", async ({ change }) => {
  const before = await hashOf(root, INPUTS);
  await change();
  expect(await hashOf(root, INPUTS)).not.toBe(before);
});

it.each([
  { name: "a newer date", change: () => utimes(join(root, "server/worker.ts"), new Date(0), new Date(0)) },
  { name: "a file elsewhere", change: () => writeFile(join(root, "README.md"), "") },
])("$name leaves the hash as it was", async ({ change }) => {
  const before = await hashOf(root, INPUTS);
  await change();
  expect(await hashOf(root, INPUTS)).toBe(before);
});
