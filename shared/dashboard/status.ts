/** How an answer was made, as the dashboard tells answers apart: each is exactly one of these. */
export const STATUS_NAMES = ["hit", "revalidated", "stale", "miss", "bypass", "fallback", "error"] as const;
export type StatusName = (typeof STATUS_NAMES)[number];
export type StatusCounts = Readonly<Record<StatusName, number>>;

export const NO_COUNTS: StatusCounts = {
  hit: 0,
  revalidated: 0,
  stale: 0,
  miss: 0,
  bypass: 0,
  fallback: 0,
  error: 0,
};

export const totalOf = (counts: StatusCounts): number => STATUS_NAMES.reduce((sum, name) => sum + counts[name], 0);

/** (hit + revalidated + stale) ÷ (those + miss): of what a cache could have answered, how much it did. */
export function eligibleHitRate({ hit, revalidated, stale, miss }: StatusCounts): number | null {
  const served = hit + revalidated + stale;
  return served + miss === 0 ? null : served / (served + miss);
}
