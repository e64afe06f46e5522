/** An identity's state right now, as a value. What an attempt teaches makes a new one; nothing is changed in place. */
import { cooldownFor, type Setbacks } from "./cooldown.ts";
import type { AttemptReport, Cooldown, IdentityStanding } from "./protocol.ts";
import { burnNow, emptyAt, learnRate, type Rate } from "./rate.ts";

export interface Standing {
  /** By resource. */
  readonly rates: ReadonlyMap<string, Rate>;
  /** May hold ended ones until the next change. */
  readonly cooldowns: readonly Cooldown[];
  readonly setbacks: Setbacks;
  readonly lastError: { readonly cause: string; readonly at: number } | null;
}

export const UNKNOWN_STANDING: Standing = {
  rates: new Map(),
  cooldowns: [],
  setbacks: { unauthorized: 0, secondary: 0, failedAt: [] },
  lastError: null,
};

/** GitHub names about a dozen resources; a name beyond this many is not worth remembering. */
const MAX_RESOURCES = 32;

/** What an attempt teaches about its identity. Parts that did not change are the very same objects. */
export function learn(before: Standing, attempt: AttemptReport, now: number): Standing {
  const rates = learnRates(before.rates, attempt, now);
  const { cooldown, setbacks } = cooldownFor(attempt, { ...before, rates }, now);
  const lastError = attempt.result.kind === "ok" ? before.lastError : { cause: attempt.result.kind, at: now };
  const cooldowns = cooldown === null ? before.cooldowns : withCooldown(before.cooldowns, cooldown, now);
  return { rates, cooldowns, setbacks, lastError };
}

/**
 * An operator's word that the identity is well: no cooldown, no streak, and no reading that says a bucket is empty
 * (it would keep the identity out just as a cooldown does).
 */
export function cleared(before: Standing): Standing {
  const rates = new Map([...before.rates].filter(([, rate]) => rate.remaining > 0));
  return { ...UNKNOWN_STANDING, rates, lastError: before.lastError };
}

/** The standing as people see it. A bucket past its reset is shown full. */
export function describe(
  identityId: string,
  standing: Standing,
  live: Pick<IdentityStanding, "inFlight" | "leases">,
  now: number,
): IdentityStanding {
  const resources = [...standing.rates.values()].map((rate) => {
    const { resource, limit, resetAt, readAt } = rate;
    const full = resetAt <= now;
    const { remaining, used } = full ? { remaining: limit, used: 0 } : rate;
    const burnPerSecond = burnNow(rate, now);
    return { resource, limit, remaining, used, resetAt, readAt, burnPerSecond, emptyAt: emptyAt(rate, now) };
  });
  const cooldowns = standing.cooldowns.filter((cooldown) => cooldown.until > now);
  return { identityId, ...live, cooldowns, resources, lastError: standing.lastError };
}

function learnRates(known: ReadonlyMap<string, Rate>, attempt: AttemptReport, now: number): ReadonlyMap<string, Rate> {
  if (attempt.rate === undefined) return known;
  const before = known.get(attempt.rate.resource);
  if (before === undefined && known.size >= MAX_RESOURCES) return known;
  const after = learnRate(before, attempt.rate, now);
  return after === before ? known : new Map(known).set(after.resource, after);
}

/** Replaces the same cause on the same thing, and drops what has ended. */
function withCooldown(cooldowns: readonly Cooldown[], added: Cooldown, now: number): readonly Cooldown[] {
  const others = cooldowns.filter(({ scope, on, cause, until }) => {
    return until > now && !(scope === added.scope && on === added.on && cause === added.cause);
  });
  return [...others, added];
}
