/** Why an answered read has no audit row: its isolate was killed while the row waited in memory, or no good reason. */
import type { Answered } from "./tally.ts";

/** A row waits a quarter of a second for its batch, and the batch for D1 on a busy machine. */
const WAITS_MS = 1_000;
/** The last bytes of an answer are read from the connection after the other end was killed. */
const READ_LATE_MS = 100;

export interface LostRows {
  readonly kills: number;
  readonly withKills: number;
  /** How long before its kill the oldest of those was answered. */
  readonly longestBeforeMs: number;
  readonly unexplained: readonly Answered[];
}

export function sortLost(missing: readonly Answered[], killedAt: readonly number[]): LostRows {
  const unexplained: Answered[] = [];
  let longestBeforeMs = 0;
  for (const answered of missing) {
    const before = killedAt
      .map((at) => at - answered.at)
      .filter((ms) => ms >= -READ_LATE_MS && ms <= WAITS_MS)
      .toSorted((one, other) => Math.abs(one) - Math.abs(other));
    const [nearest] = before;
    if (nearest === undefined) unexplained.push(answered);
    else longestBeforeMs = Math.max(longestBeforeMs, nearest);
  }
  const withKills = missing.length - unexplained.length;
  return { kills: killedAt.length, withKills, longestBeforeMs, unexplained };
}
