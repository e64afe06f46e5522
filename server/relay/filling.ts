/** Which keys this isolate is looking up or filling: who asks for one meanwhile goes straight to the coordinator. */
import type { BoundedMap } from "../bounded-map.ts";

type Counts = BoundedMap<string, number>;

export interface Filling {
  readonly filling: Counts;
  /** Those of them of which neither memory nor edge has any copy. */
  readonly fillingCold: Counts;
}

/** Counts the key until the returned function is called. */
export function markFilling(cacheKey: string, isCold: boolean, { filling, fillingCold }: Filling): () => void {
  const counts = isCold ? [filling, fillingCold] : [filling];
  for (const count of counts) count.set(cacheKey, (count.get(cacheKey) ?? 0) + 1);
  return () => {
    for (const count of counts) uncount(cacheKey, count);
  };
}

function uncount(cacheKey: string, count: Counts): void {
  const left = (count.get(cacheKey) ?? 1) - 1;
  if (left > 0) count.set(cacheKey, left);
  else count.delete(cacheKey);
}
