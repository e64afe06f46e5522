/** How old an answer of the relay's may be: the strictest of all that bear on it. */
import { freshnessHeaders } from "../relayed-read.ts";
import type { Environment } from "../machine.ts";
import type { OwnWrites } from "./own-writes.ts";

/** Between two looks of gh's own at something it waits for. */
export const LONG_POLL_MAX_AGE = 5;

export interface FreshnessNeeds {
  readonly env: Environment;
  readonly isLongPoll: boolean;
  readonly writes: Pick<OwnWrites, "secondsSince">;
}

/** The value of `cache-control` for a read, or undefined where nothing bounds it. @throws UsageProblem */
export function createFreshness({ env, isLongPoll, writes }: FreshnessNeeds) {
  const asked = secondsOf(freshnessHeaders(env)["cache-control"]);
  return (repository: string | undefined, own: string | undefined): string | undefined => {
    const bounds = [
      asked,
      isLongPoll ? LONG_POLL_MAX_AGE : undefined,
      writes.secondsSince(repository),
      /\bno-cache\b|\bno-store\b/.test(own ?? "") ? 0 : secondsOf(own),
    ].filter((seconds) => seconds !== undefined);
    return bounds.length === 0 ? undefined : `max-age=${Math.min(...bounds)}`;
  };
}

function secondsOf(value: string | undefined): number | undefined {
  const seconds = /\bmax-age=(\d{1,9})\b/.exec(value ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
