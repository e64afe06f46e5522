/**
 * Notes from one run to later ones, as empty files: when something last happened is the file's time. So there is no
 * content to be half written, and runs side by side cannot overwrite each other's.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { discard, isMissing } from "../replace-file.ts";

const FORGOTTEN_AFTER_MS = 24 * 3600 * 1000;

export interface Marks {
  /** Notes that it happens now. */
  set(name: string): void;
  /** Milliseconds since it happened; undefined where nobody noted it. */
  age(name: string): number | undefined;
}

/** Names are hashed: the directory does not tell which repositories somebody works on. */
export function openMarks(directory: string, now: () => number): Marks {
  const here = new Map<string, number>();
  const place = (name: string) => join(directory, createHash("sha256").update(name).digest("hex").slice(0, 32));
  return {
    set(name) {
      const time = now();
      here.set(name, time);
      leaveFile(directory, place(name), time);
    },
    age(name) {
      const noted = statSync(place(name), { throwIfNoEntry: false })?.mtimeMs;
      const times = [noted, here.get(name)].filter((time) => time !== undefined);
      return times.length === 0 ? undefined : Math.max(0, now() - Math.max(...times));
    },
  };
}

function leaveFile(directory: string, path: string, time: number): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(path, "", { mode: 0o600 });
    utimesSync(path, time / 1000, time / 1000);
  } catch (error) {
    // A home that cannot be written keeps the note within this run, which is most of its use.
    if (
      !(error instanceof Error && "code" in error && /^E(ACCES|PERM|ROFS|NOSPC|DQUOT|NOTDIR)$/.test(String(error.code)))
    )
      throw error;
  }
}

/** Removes what no rule asks about any more. */
export function sweepMarks(directory: string, now: number): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (time !== undefined && now - time > FORGOTTEN_AFTER_MS) discard(path);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return []; // nothing was ever noted
    throw error;
  }
}
