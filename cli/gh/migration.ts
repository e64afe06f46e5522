/** gh 2.40 and later move an older config.yml to a newer form on first use: in the user's own directory, not in a copy. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment, Machine } from "../machine.ts";
import type { Marks } from "./marks.ts";
import { readGhConfig, type GhConfig } from "./user-config.ts";

export interface Migration {
  readonly gh: string;
  readonly config: GhConfig;
  readonly marks: Marks;
  readonly env: Environment;
  /** Where runs keep their notes: two that begin at once meet there. */
  readonly state: string;
  readonly machine: Pick<Machine, "now" | "sleep">;
}

/** gh may ask GitHub who its token belongs to. */
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 25;

/**
 * The settings after plain gh has had its chance. Undefined where it failed: gh would then try again in our directory,
 * where hosts.yml is the user's own, and whoever ended it in the midst would leave the two files in different forms.
 */
export async function migratedConfig(migration: Migration): Promise<GhConfig | undefined> {
  if (!mayMigrate(migration.config) || isSettled(migration)) return migration.config;
  return oneAtATime(migration, () => migrate(migration));
}

function mayMigrate({ text, hasVersion }: GhConfig): boolean {
  return text !== undefined && !hasVersion;
}

/** True where this gh was seen to leave these very settings as they are, as those before 2.40 do. */
function isSettled({ gh, config, marks }: Migration): boolean {
  return marks.age(markOf(gh, config)) !== undefined;
}

function markOf(gh: string, { directory, text }: GhConfig): string {
  const version = statSync(gh, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return `left as they are by ${gh} ${version} ${directory} ${text}`;
}

function migrate(migration: Migration): GhConfig | undefined {
  const { gh, env, marks } = migration;
  const config = readGhConfig(migration.config.directory);
  if (!mayMigrate(config) || isSettled({ ...migration, config })) return config; // another run was here first
  // Every command begins with the migration and fails with it. This one does nothing else, and asks nothing of anybody.
  const { status } = spawnSync(gh, ["version"], { env: { ...env }, stdio: "ignore", timeout: PATIENCE_MS });
  if (status !== 0) return undefined;
  const after = readGhConfig(config.directory);
  if (mayMigrate(after)) marks.set(markOf(gh, after));
  return after;
}

/** gh writes one file after the other and locks neither, so a second migration could read half of the first. */
async function oneAtATime<T>({ state, machine }: Migration, work: () => T): Promise<T> {
  const lock = join(state, "migrating");
  const isHeld = await take(lock, machine);
  try {
    return work();
  } finally {
    if (isHeld) rmSync(lock, { recursive: true, force: true });
  }
}

/** False where there can be no lock, or its holder takes too long: then gh is asked as if nobody else were. */
async function take(lock: string, { now, sleep }: Migration["machine"]): Promise<boolean> {
  for (const end = now() + 2 * PATIENCE_MS; now() < end; await sleep(LOOK_AGAIN_MS)) {
    const made = make(lock);
    if (made !== "taken") return made === "made";
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && now() - since > 2 * PATIENCE_MS) rmSync(lock, { recursive: true, force: true });
  }
  return false;
}

function make(lock: string): "made" | "taken" | "impossible" {
  try {
    mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
    mkdirSync(lock, { mode: 0o700 });
    return "made";
  } catch (error) {
    // Anything else is a home that cannot be written.
    return error instanceof Error && "code" in error && error.code === "EEXIST" ? "taken" : "impossible";
  }
}
