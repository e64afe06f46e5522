/** Which keys this isolate is looking up or filling: who asks for one meanwhile goes straight to the coordinator. */
import type { BoundedMap } from "../bounded-map.ts";

/** Counts the key until the returned function is called. */
export function markFilling(cacheKey: string, filling: BoundedMap<string, number>): () => void {
  filling.set(cacheKey, (filling.get(cacheKey) ?? 0) + 1);
  return () => {
    const left = (filling.get(cacheKey) ?? 1) - 1;
    if (left > 0) filling.set(cacheKey, left);
    else filling.delete(cacheKey);
  };
}
