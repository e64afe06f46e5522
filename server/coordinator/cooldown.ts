/**
 * Why an identity must rest after an attempt, on what, and how long. GitHub's rule for limits ("Best practices for
 * using the REST API"): obey `retry-after`; else, with nothing remaining, wait for the reset; else wait at least a
 * minute, then exponentially longer. Going on regardless can get an identity banned.
 */
import type { AttemptReport, Cooldown } from "./protocol.ts";
import type { Rate } from "./rate.ts";

/** Counters behind the lengths that grow. */
export interface Setbacks {
  /** 401s in a row, counting one for each rest they caused. */
  readonly unauthorized: number;
  /** Secondary limits in a row without `retry-after`, counting one for each rest they caused. */
  readonly secondary: number;
  /** Times of the 5xx and timeouts that may still add up to a rest, epoch milliseconds. */
  readonly failedAt: readonly number[];
}

/** What the length of a rest depends on besides the attempt: the readings with the attempt's own taken in already. */
export interface History {
  readonly rates: ReadonlyMap<string, Rate>;
  readonly cooldowns: readonly Cooldown[];
  readonly setbacks: Setbacks;
}

export interface Verdict {
  readonly cooldown: Cooldown | null;
  readonly setbacks: Setbacks;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const UNAUTHORIZED_MS = { first: 10 * MINUTE_MS, longest: 6 * HOUR_MS };
const SECONDARY_MS = { first: 60 * SECOND_MS, longest: 15 * MINUTE_MS };
const FORBIDDEN_MS = 10 * MINUTE_MS;
const FAILING = { times: 3, withinMs: 30 * SECOND_MS, restMs: 30 * SECOND_MS };
/** GitHub has told minutes so far; a longer word than this is taken for a mistake on the way. */
const LONGEST_RETRY_AFTER_MS = 24 * HOUR_MS;
/** Nothing remains, and no reset is known: GitHub's "at least a minute". */
const UNKNOWN_RESET_MS = MINUTE_MS;
/** Nothing remained, and the reset has passed: the answer is late, or GitHub's clock is behind ours by a little. */
const PAST_RESET_MS = SECOND_MS;
/** A credential that may see nothing is refused on every route: more rests than these cost each choice too much. */
const MOST_ROUTE_RESTS = 200;

/** Judges one attempt. Answers `history.setbacks` itself where no counter moved. */
export function cooldownFor(attempt: AttemptReport, history: History, now: number): Verdict {
  const { result } = attempt;
  switch (result.kind) {
    case "ok":
      return { cooldown: spentCooldown(attempt, now), setbacks: afterSuccess(attempt, history, now) };
    case "unauthorized":
      return doubling(attempt, history, now, "unauthorized");
    case "depleted":
      return { cooldown: depletedUntil(attempt, history, now), setbacks: history.setbacks };
    case "throttled":
      return throttled(attempt, result.retryAfterMs, history, now);
    case "forbidden":
      return {
        cooldown: { scope: "route", on: attempt.routeKey, cause: "forbidden", until: now + FORBIDDEN_MS },
        setbacks: history.setbacks,
      };
    case "failed":
      return failed(attempt, history, now);
    default:
      return result satisfies never;
  }
}

function throttled(attempt: AttemptReport, retryAfterMs: number | undefined, history: History, now: number): Verdict {
  if (retryAfterMs !== undefined && retryAfterMs > 0) {
    const told = now + Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
    const until = Math.max(told, liveUntil(attempt, history, now, "retry_after"));
    return { cooldown: ofIdentity(attempt, "retry_after", until), setbacks: history.setbacks };
  }
  const spent = spentCooldown(attempt, now);
  return spent === null
    ? doubling(attempt, history, now, "secondary_limit")
    : { cooldown: spent, setbacks: history.setbacks };
}

/**
 * Each rest twice as long as the one before. Requests that were under way when the rest began fail for the same
 * reason; they neither lengthen nor double it.
 */
function doubling(
  attempt: AttemptReport,
  history: History,
  now: number,
  cause: "unauthorized" | "secondary_limit",
): Verdict {
  const { setbacks } = history;
  if (liveUntil(attempt, history, now, cause) > now) return { cooldown: null, setbacks };
  const counter = cause === "unauthorized" ? "unauthorized" : "secondary";
  const { first, longest } = cause === "unauthorized" ? UNAUTHORIZED_MS : SECONDARY_MS;
  const restMs = Math.min(first * 2 ** setbacks[counter], longest);
  return {
    cooldown: ofIdentity(attempt, cause, now + restMs),
    setbacks: { ...setbacks, [counter]: setbacks[counter] + 1 },
  };
}

function failed(attempt: AttemptReport, history: History, now: number): Verdict {
  const { setbacks } = history;
  if (liveUntil(attempt, history, now, "failing") > now) return { cooldown: null, setbacks };
  const failedAt = [...setbacks.failedAt.filter((at) => at > now - FAILING.withinMs), now];
  if (failedAt.length < FAILING.times) return { cooldown: null, setbacks: { ...setbacks, failedAt } };
  return {
    cooldown: ofIdentity(attempt, "failing", now + FAILING.restMs),
    setbacks: { ...setbacks, failedAt: [] },
  };
}

/** A success ends a streak, unless it is a straggler: an answer that arrives while the identity rests for that cause. */
function afterSuccess(attempt: AttemptReport, history: History, now: number): Setbacks {
  const { setbacks } = history;
  const unauthorized = liveUntil(attempt, history, now, "unauthorized") > now ? setbacks.unauthorized : 0;
  const secondary = liveUntil(attempt, history, now, "secondary_limit") > now ? setbacks.secondary : 0;
  const unmoved = unauthorized === setbacks.unauthorized && secondary === setbacks.secondary;
  return unmoved ? setbacks : { ...setbacks, unauthorized, secondary };
}

/** The rest of a bucket whose own answer says that nothing remains; null where it does not say so. */
function spentCooldown(attempt: AttemptReport, now: number): Cooldown | null {
  const { rate } = attempt;
  if (rate === undefined || rate.remaining > 0 || rate.resetAt <= now) return null;
  return { scope: "resource", on: rate.resource, cause: "depleted", until: rate.resetAt };
}

/** The reset its own answer told, else the known one. A later window's reset is not what a late answer waits for. */
function depletedUntil({ rate, resource }: AttemptReport, history: History, now: number): Cooldown {
  if (rate !== undefined) {
    return {
      scope: "resource",
      on: rate.resource,
      cause: "depleted",
      until: Math.max(rate.resetAt, now + PAST_RESET_MS),
    };
  }
  const resetAt = history.rates.get(resource)?.resetAt ?? 0;
  const until = resetAt > now ? resetAt : now + UNKNOWN_RESET_MS;
  return { scope: "resource", on: resource, cause: "depleted", until };
}

/** Keeps the latest of too many route rests: one that is dropped costs one more refusal. */
export function boundRests(cooldowns: readonly Cooldown[]): readonly Cooldown[] {
  let excess = cooldowns.length - MOST_ROUTE_RESTS;
  if (excess <= 0) return cooldowns;
  return cooldowns.filter(({ scope }) => scope !== "route" || --excess < 0);
}

function ofIdentity(attempt: AttemptReport, cause: Cooldown["cause"], until: number): Cooldown {
  return { scope: "identity", on: attempt.identityId, cause, until };
}

/** When the identity's rest for this cause ends; 0 where it has none. */
function liveUntil(attempt: AttemptReport, history: History, now: number, cause: Cooldown["cause"]): number {
  const live = history.cooldowns.find(
    (known) =>
      known.cause === cause && known.scope === "identity" && known.on === attempt.identityId && known.until > now,
  );
  return live?.until ?? 0;
}
