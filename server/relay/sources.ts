/** Which sources to ask, in which order: free ones first, the anonymous budget while it lasts, quota last. */
import type { Transport as Named } from "../../shared/routes/spec.ts";
import type { RateMemo } from "../isolate.ts";
import type { CacheEntry, Job } from "./stages.ts";

export type Source = Exclude<Named, "none">;
export type TokenFreeSource = Exclude<Source, "identity">;

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
  const free = transports.filter(isFree);
  return [...free, ...orderApi(job, stale, rate, now)];
}

function orderApi(job: Job, stale: CacheEntry | undefined, rate: RateMemo | undefined, now: number): readonly Source[] {
  const able = job.eligible.length > 0;
  const known = rate !== undefined && rate.resetAt > now ? rate : undefined;
  const anonymous = job.route.match.route.transports.includes("anonymous") && known?.remaining !== 0;
  if (!anonymous) return able ? ["identity"] : [];
  if (!able) return ["anonymous"];
  const scarce = known !== undefined && known.remaining < known.limit / 2;
  // What is read again is renewed for nothing once an identity has filled it: an authorised 304 is free, an anonymous
  // one is not, and the public's etag is of no use to an identity.
  const renews = stale !== undefined && hasValidator(stale);
  if (prefersPublic(job, stale)) return ["anonymous", "identity"];
  return renews || scarce ? ["identity", "anonymous"] : ["anonymous", "identity"];
}

/** A source that needs no credential; no resource of GitHub's has such a name. */
export function isTokenFree(name: string): name is TokenFreeSource {
  return name === "anonymous" || name === "raw" || name === "diff" || name === "git";
}

function isFree(source: Named): source is "raw" | "diff" | "git" {
  return source === "raw" || source === "diff" || source === "git";
}

/** What refers to other repositories by its elements is told best by the public itself, while its budget lasts. */
function prefersPublic(job: Job, stale: CacheEntry | undefined): boolean {
  if (job.route.match.route.references !== "items") return false;
  const filler = job.eligible.find(({ id }) => id === stale?.identity?.id);
  return filler?.publicOnly !== true;
}

export function hasValidator(entry: CacheEntry): boolean {
  return entry.headers["etag"] !== undefined || entry.headers["last-modified"] !== undefined;
}
