/** A caller's budgets run over requests that were made, as the coordinator would have counted them. Pure. */
import { TokenBuckets } from "../coordinator/token-buckets.ts";
import type { ReplayFill } from "../store/replay.ts";

export interface Over {
  readonly requests: number;
  readonly latestAt: number;
}

type ByCaller = ReadonlyMap<string, Over>;

/** Fills, in the order of time, that would have found the hour's budget spent, by caller. */
export function overHourlyBudget(fills: readonly ReplayFill[], perHour: number): ByCaller {
  const buckets = new TokenBuckets();
  return tally(fills, ({ callerId, at }) => buckets.take(callerId, perHour, at).kind === "spent");
}

/** Fills that would have found this many of their caller's own in flight, by caller. */
export function overConcurrency(fills: readonly ReplayFill[], most: number): ByCaller {
  const ends = new Map<string, readonly number[]>();
  return tally(fills, ({ callerId, at, durationMs }) => {
    const inFlight = (ends.get(callerId) ?? []).filter((end) => end > at);
    ends.set(callerId, [...inFlight, at + durationMs]);
    return inFlight.length >= most;
  });
}

function tally(fills: readonly ReplayFill[], isOver: (fill: ReplayFill) => boolean): ByCaller {
  const over = new Map<string, Over>();
  for (const fill of fills) {
    if (!isOver(fill)) continue;
    const before = over.get(fill.callerId);
    over.set(fill.callerId, { requests: (before?.requests ?? 0) + 1, latestAt: fill.at });
  }
  return over;
}
