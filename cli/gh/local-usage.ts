/** How this machine's runs were served, a line for each run in a file for each day: what the server cannot know. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, numberAt, objectAt, parseJson } from "../json.ts";
import { discard, isMissing } from "../replace-file.ts";
import type { Counts } from "./report.ts";

const DAY_MS = 24 * 3600 * 1000;
export const KEPT_DAYS = 30;
const FILE = /^usage-(\d{4}-\d{2}-\d{2})\.jsonl$/;

/** One short write, so that runs side by side do not mix their lines. A home that cannot be written is not counted. */
export function recordRun(directory: string, now: number, counts: Counts): void {
  if (Object.keys(counts).length === 0) return;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const line = `${JSON.stringify({ at: now, counts })}\n`;
    appendFileSync(join(directory, `usage-${dayOf(now)}.jsonl`), line, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

/** The sum of what runs since then counted. Lines that cannot be read are left out. */
export function readUsage(directory: string, since: number): Counts {
  const sum: Record<string, number> = {};
  for (const [name, day] of daysIn(directory)) {
    if (Date.parse(day) + DAY_MS <= since) continue;
    for (const line of readFileSync(join(directory, name), "utf8").split("\n")) {
      const run = parseJson(line);
      if (!isObject(run) || (numberAt(run, "at") ?? 0) < since) continue;
      for (const [what, count] of Object.entries(objectAt(run, "counts"))) {
        if (typeof count === "number") sum[what] = (sum[what] ?? 0) + count;
      }
    }
  }
  return sum;
}

export function sweepUsage(directory: string, now: number): void {
  for (const [name, day] of daysIn(directory)) {
    if (now - Date.parse(day) > (KEPT_DAYS + 1) * DAY_MS) discard(join(directory, name));
  }
}

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

function daysIn(directory: string): readonly (readonly [name: string, day: string])[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      const day = FILE.exec(name)?.[1];
      return day === undefined ? [] : [[name, day] as const];
    });
  } catch (error) {
    if (isMissing(error)) return []; // nothing was ever counted
    throw error;
  }
}
