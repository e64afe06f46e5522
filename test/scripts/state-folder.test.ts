import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isStorageDamage,
  openStateFolder,
  readLocalFacts,
  removeStateFolder,
  writeLocalFacts,
} from "../../scripts/state-folder.ts";

const FACTS = { url: "http://127.0.0.1:1", caller_token: "op_1", admin_token: "a", github_login: "octocat" };

let place = "";
let folder = "";

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "octopool-state-"));
  folder = join(place, "state");
});

afterEach(async () => {
  await rm(place, { recursive: true, force: true });
});

describe("openStateFolder", () => {
  it("makes the folder for its owner alone", async () => {
    await openStateFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("opens one with whole and with empty databases", async () => {
    await mkdir(join(folder, "standin/v3"), { recursive: true });
    await writeFile(join(folder, "standin/v3/empty.sqlite"), "");
    await writeFile(join(folder, "standin/v3/whole.sqlite"), "SQLite format 3\0 and pages");
    await expect(openStateFolder(folder)).resolves.toBeUndefined();
  });

  it.each([
    {
      name: "a file in its place",
      why: "it is not a folder",
      make: () => writeFile(folder, ""),
    },
    {
      name: "a damaged database",
      why: "standin/v3/d1.sqlite is damaged",
      make: async () => {
        await mkdir(join(folder, "standin/v3"), { recursive: true });
        await writeFile(join(folder, "standin/v3/d1.sqlite"), "not SQLite at all");
      },
    },
  ])("names --fresh in one line for $name", async ({ why, make }) => {
    await make();
    const opening = openStateFolder(folder);
    await expect(opening).rejects.toThrow(
      `The state in ${folder} cannot be used: ${why}. npm start -- --fresh begins anew, without what it holds.`,
    );
  });
});

describe("removeStateFolder", () => {
  it("removes what runs leave, and is content where there is nothing", async () => {
    await openStateFolder(folder);
    await writeLocalFacts(folder, FACTS);
    await mkdir(join(folder, "standin"));
    await removeStateFolder(folder, { isDefault: false });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(removeStateFolder(folder, { isDefault: false })).resolves.toBeUndefined();
  });

  it("removes nothing from a folder that also holds something else", async () => {
    await openStateFolder(folder);
    await writeLocalFacts(folder, FACTS);
    await writeFile(join(folder, "thesis.txt"), "years of work");
    await expect(removeStateFolder(folder, { isDefault: false })).rejects.toThrow("also holds thesis.txt");
    expect(await readLocalFacts(folder)).toEqual(FACTS);
  });
});

describe("local.json", () => {
  it("is readable by its owner alone, also where an older one was not", async () => {
    await openStateFolder(folder);
    await writeFile(join(folder, "local.json"), "{}", { mode: 0o644 });
    await writeLocalFacts(folder, FACTS);
    expect((await stat(join(folder, "local.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(folder, "local.json"), "utf8"))).toEqual(FACTS);
  });

  it.each(["", "{", "[]", "null", "7"])("counts as absent where it holds %j", async (text) => {
    await openStateFolder(folder);
    await writeFile(join(folder, "local.json"), text);
    expect(await readLocalFacts(folder)).toBeUndefined();
  });
});

it.each([
  { error: new Error("D1_ERROR: database disk image is malformed: SQLITE_CORRUPT"), isDamage: true },
  { error: new Error("failed", { cause: new Error("file is not a database") }), isDamage: true },
  { error: new Error("internal error", { cause: "SQLITE_CORRUPT, says the runtime's log" }), isDamage: true },
  { error: new Error("Address already in use"), isDamage: false },
])("$error.message counts as damaged storage: $isDamage", ({ error, isDamage }) => {
  expect(isStorageDamage(error)).toBe(isDamage);
});
