/**
 * One builder per freshness policy, so that a row reads as "slow, 300 s". All figures are seconds; 4-cache's words:
 * `stale` counts from the end of freshness, `swr` is the part of it served at once while one fill runs, `covered` is the
 * long TTL where webhooks cover the repository, and `endedBy` names the events that end it.
 */
import type { Freshness, FreshnessPolicy, Judge } from "./spec.ts";

const DAY = 86_400;

interface StaleAges {
  readonly stale: number;
  readonly swr?: number;
  readonly covered?: number;
  readonly endedBy?: readonly string[];
}

interface FixedAges extends StaleAges {
  readonly fresh: number;
  /** Where the query's `ref` is a full SHA. */
  readonly pinned?: number;
}

function freshness(
  policy: FreshnessPolicy,
  ages: StaleAges & Partial<FixedAges>,
  extra?: Partial<Freshness>,
): Freshness {
  return {
    policy,
    refNamed: false,
    staleSeconds: ages.stale,
    swrSeconds: ages.swr ?? 0,
    endedBy: ages.endedBy ?? [],
    ...(ages.fresh === undefined ? {} : { freshSeconds: ages.fresh }),
    ...(ages.pinned === undefined ? {} : { pinnedSeconds: ages.pinned }),
    ...(ages.covered === undefined ? {} : { coveredSeconds: ages.covered }),
    ...extra,
  };
}

/** Keyed by a full SHA: a day fresh, a day stale. */
export const immutable = (): Freshness => freshness("immutable", { fresh: DAY, stale: DAY });

/** What changes by the hour or the week: profiles, topics, workflows. */
export const metadata = (ages: FixedAges): Freshness => freshness("metadata", ages);

/** What changes by the minute or the hour: comments, compared branches, file contents. */
export const slow = (ages: FixedAges): Freshness => freshness("slow", ages);

/** Lists of living things, and refs. */
export const list = (ages: FixedAges): Freshness => freshness("list", ages);

/** An object named by a branch or tag instead of a SHA: it moves with the next push. */
export const refList = (ages: FixedAges): Freshness => freshness("list", ages, { refNamed: true });

/** The body decides: still moving, or settled for good. */
export const settling = (judge: Judge, ages: StaleAges): Freshness => freshness("settling", ages, { judge });

/** As `settling`, but named by a branch or tag: at most `fresh` seconds, never settled. */
export const refSettling = (judge: Judge, ages: FixedAges): Freshness =>
  freshness("settling", ages, { judge, refNamed: true });

/** A pull request or an issue: the state in its body decides. */
export const living = (judge: "pull" | "issue", ages: StaleAges): Freshness => freshness("living", ages, { judge });

/** Files of a pull request: a minute, an hour where the head is known. */
export const pullFiles = (ages: StaleAges): Freshness => freshness("pull-files", ages);

/** Logs: kept only once the run or job is completed. */
export const log = (ages: StaleAges): Freshness => freshness("log", ages);

/** Never kept. */
export const never = (): Freshness => freshness("never", { stale: 0 });
