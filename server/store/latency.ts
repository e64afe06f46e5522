/** The latency histogram of the rollups: ten buckets, each about three times as wide as the one before. */

/** Upper ends in ms, inclusive; the last bucket has none. */
export const LATENCY_BOUNDS_MS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000] as const;
export const LATENCY_BUCKETS = LATENCY_BOUNDS_MS.length + 1;

export function latencyBucket(durationMs: number): number {
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
  return index === -1 ? LATENCY_BOUNDS_MS.length : index;
}

/**
 * The latency below which this share (0 to 1) of the requests lies, in ms, taken as spread evenly within its bucket.
 * Null without requests. In the open last bucket it is that bucket's lower end.
 */
export function latencyQuantile(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [index, count] of buckets.entries()) {
    const from = index === 0 ? 0 : (LATENCY_BOUNDS_MS[index - 1] ?? 0);
    const to = LATENCY_BOUNDS_MS[index];
    if (to === undefined) return from;
    if (count > 0 && left <= count) return from + ((to - from) * left) / count;
    left -= count;
  }
  return LATENCY_BOUNDS_MS[LATENCY_BOUNDS_MS.length - 1] ?? null;
}
