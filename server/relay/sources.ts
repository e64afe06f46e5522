/** Which sources to ask, in which order: token-free first while the anonymous budget lasts, quota last. */
import type { RateMemo } from "../isolate.ts";
import type { CacheEntry, Job } from "./stages.ts";

export type Source = "anonymous" | "identity";

/**
 * @param stale what is stored, of any age: it is being read again.
 * @param rate this data centre's anonymous standing; undefined: not known, so presumably ample.
 */
export function orderSources(
  job: Job,
  stale: CacheEntry | undefined,
  rate: RateMemo | undefined,
  now: number,
): readonly Source[] {
  const { transports } = job.route.match.route;
  const able = job.eligible.length > 0;
  const known = rate !== undefined && rate.resetAt > now ? rate : undefined;
  const anonymous = transports.includes("anonymous") && known?.remaining !== 0;
  if (!anonymous) return able ? ["identity"] : [];
  if (!able) return ["anonymous"];
  const scarce = known !== undefined && known.remaining < known.limit / 2;
  // What is read again is renewed for nothing once an identity has filled it: an authorised 304 is free, an anonymous
  // one is not, and the public's etag is of no use to an identity.
  const renews = stale !== undefined && hasValidator(stale);
  return renews || scarce ? ["identity", "anonymous"] : ["anonymous", "identity"];
}

export function hasValidator(entry: CacheEntry): boolean {
  return entry.headers["etag"] !== undefined || entry.headers["last-modified"] !== undefined;
}
