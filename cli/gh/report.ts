/** What a run has to tell: lines for the user once gh is done, and counts for later. */
import type { Environment } from "../machine.ts";
import { cacheNote } from "../cache-note.ts";
import type { CacheFacts } from "../relayed-read.ts";

/** Where an answer came from: the relay's cache status, or why it came from GitHub with the user's own quota. */
export type Counts = Readonly<Record<string, number>>;

export interface Report {
  /** One request: `relay hit`, `direct graphql`, `fallback route_denied`. */
  count(what: string): void;
  readonly counts: Counts;
  /** Once for each text, after gh: between its own lines it would tear its output. */
  note(text: string): void;
  /** A read that the cache answered, if somebody may decide something by it. */
  cached(facts: CacheFacts): void;
  /** At once, under OCTOPOOL_DEBUG=1. */
  debug(text: string): void;
  /** The lines that are due, in order. */
  lines(): readonly string[];
}

interface ReportNeeds {
  readonly env: Environment;
  readonly now: () => number;
  readonly writeLine: (text: string) => void;
}

export function createReport({ env, now, writeLine }: ReportNeeds): Report {
  const counts: Record<string, number> = {};
  const notes = new Set<string>();
  let oldest: CacheFacts | undefined;
  return {
    counts,
    count(what) {
      counts[what] = (counts[what] ?? 0) + 1;
    },
    note: (text) => void notes.add(text),
    cached(facts) {
      if (cacheNote(facts, env, now()) === undefined) return;
      if (oldest === undefined || (facts.ageSeconds ?? 0) > (oldest.ageSeconds ?? 0)) oldest = facts;
    },
    debug: (text) => (env["OCTOPOOL_DEBUG"] === "1" ? writeLine(text) : undefined),
    lines() {
      const cache = oldest === undefined ? undefined : cacheNote(oldest, env, now());
      return [...notes, ...(cache === undefined ? [] : [cache])];
    },
  };
}
