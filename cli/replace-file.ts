/** Puts a new text in a file's place. Readers see the old or the new, never a half (POSIX rename). */
import { randomBytes } from "node:crypto";
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** A link is followed, and the file's mode kept; `mode` is for a file that is new. */
export function replaceFile(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const place = whereItIs(path);
  const temporary = `${place}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: modeOf(place) ?? mode, flag: "wx", flush: true });
    renameSync(temporary, place);
  } finally {
    rmSync(temporary, { force: true }); // already renamed, unless a step above failed
  }
}

function whereItIs(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

function modeOf(path: string): number | undefined {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777 || undefined;
}

/** Removes a note that nobody needs any more. One that cannot be removed stays: it is no part of what was asked for. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

/** True for the error of a path that names nothing. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
