/** The folder that a local run keeps between starts: the Worker's storage per GitHub, and local.json. */
import { constants } from "node:fs";
import { access, chmod, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Problem } from "./problem.ts";

/** What tools on this machine need to speak to the local server. Written as local.json, for its owner only. */
export interface LocalFacts {
  readonly url: string;
  readonly caller_token: string;
  readonly admin_token: string;
  /** Whose login the seeded caller is. */
  readonly github_login: string;
  /** A stand-in user's token. Absent with --github: the real one is written nowhere. */
  readonly github_token?: string;
  readonly standin_url?: string;
}

/** Everything a run may leave here; `--fresh` removes a folder of another place only where it holds nothing else. */
const OWN_NAMES: ReadonlySet<string> = new Set(["local.json", "local.json.new", "standin", "github"]);
const LOCAL_FACTS = "local.json";
const SQLITE_HEADER = "SQLite format 3\0";

/** Makes the folder where it is missing. @throws Problem, naming --fresh, where it is there and cannot be used. */
export async function openStateFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw brokenState(folder, "it may not be read", error);
  });
  if (found === undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return;
  }
  if (!found.isDirectory()) throw brokenState(folder, "it is not a folder");
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw brokenState(folder, "it may not be read or written", error);
  }
  await chmod(folder, 0o700);
  const broken = await firstBrokenDatabase(folder);
  if (broken !== undefined) throw brokenState(folder, `${relative(folder, broken)} is damaged`);
}

/** @throws Problem where the folder holds what no run of ours wrote: that may be somebody's own. */
export async function removeStateFolder(folder: string, { isDefault }: { readonly isDefault: boolean }): Promise<void> {
  const names = isDefault ? [] : await readdir(folder).catch(whereMissing);
  const foreign = names?.find((name) => !OWN_NAMES.has(name));
  if (foreign !== undefined) {
    throw new Problem(
      `--fresh removes nothing here: ${folder} also holds ${foreign}. Name another OCTOPOOL_STATE_DIR.`,
    );
  }
  await rm(folder, { recursive: true, force: true });
}

/** One line for a state that cannot be used. */
export function brokenState(folder: string, why: string, cause?: unknown): Problem {
  return new Problem(
    `The state in ${folder} cannot be used: ${why}. npm start -- --fresh begins anew, without what it holds.`,
    { cause },
  );
}

/** SQLite's and D1's words for a damaged file, which show only when it is used. */
export function isStorageDamage(error: unknown): boolean {
  const texts = [error, error instanceof Error ? error.cause : undefined].map((each) =>
    each instanceof Error ? each.message : String(each),
  );
  return /SQLITE_(CORRUPT|NOTADB|CANTOPEN|IOERR)|malformed|not a database/i.test(texts.join(" "));
}

/** What the last run wrote; undefined where there is none or it is not whole, since a new one replaces it. */
export async function readLocalFacts(folder: string): Promise<Partial<LocalFacts> | undefined> {
  const text = await readFile(join(folder, LOCAL_FACTS), "utf8").catch(whereMissing);
  if (text === undefined) return undefined;
  try {
    const facts: unknown = JSON.parse(text);
    if (typeof facts !== "object" || facts === null || Array.isArray(facts)) return undefined;
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value === "string"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** In one step, so that a reader sees the old or the new, and readable by its owner only. */
export async function writeLocalFacts(folder: string, facts: LocalFacts): Promise<void> {
  const place = join(folder, LOCAL_FACTS);
  await rm(`${place}.new`, { force: true });
  await writeFile(`${place}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  await rename(`${place}.new`, place);
}

/** The first database whose header is not SQLite's. An empty one is whole: its pages are still in the write-ahead log. */
async function firstBrokenDatabase(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith(".sqlite") && !(await startsLikeSqlite(path))) return path;
  }
  return undefined;
}

async function startsLikeSqlite(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(SQLITE_HEADER.length), position: 0 });
    return bytesRead === 0 || buffer.toString("latin1", 0, bytesRead) === SQLITE_HEADER;
  } finally {
    await file.close();
  }
}

function whereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
