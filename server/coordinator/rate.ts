/** What is known of one rate bucket of one identity: the last reading, how fast it is spent, what is left to spend. */
import type { Candidate, RateReading } from "./protocol.ts";

export interface Rate extends RateReading {
  /** When it was read, epoch milliseconds. */
  readonly readAt: number;
  /** Exponentially weighted, units per second, as of `readAt`. */
  readonly burnPerSecond: number;
}

export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  /** When the bucket is full again, epoch milliseconds. */
  readonly resetAt: number;
}

/** After this time a reading has a third (1/e) of its weight in the burn rate. */
const BURN_MEMORY_MS = 5 * 60_000;
/** Two readings whose resets differ by less belong to one window: GitHub's `x-ratelimit-reset` wavers by a second. */
export const SAME_WINDOW_MS = 2_000;
/** Part of the limit left unspent, for requests that other programs make with the identity: 5 of 5,000. */
const RESERVE_SHARE = 0.001;

/**
 * A reading this much newer than the saved one, or this share of the limit away from it, is saved too. Each fill brings
 * one, and a restart may forget a moment: the next answer tells the truth again.
 */
const SAVED_EVERY_MS = 1_000;
const SAVED_EVERY_SHARE = 0.01;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
interface DefaultLimit {
  readonly limit: number;
  readonly windowMs: number;
}
/** GitHub's documented defaults, believed until an answer tells more. An installation's core limit may grow to 12,500. */
const CORE_DEFAULTS: Readonly<Record<Candidate["kind"], DefaultLimit>> = {
  pat: { limit: 5_000, windowMs: HOUR_MS },
  github_app: { limit: 5_000, windowMs: HOUR_MS },
};
const RESOURCE_DEFAULTS: ReadonlyMap<string, DefaultLimit> = new Map([
  ["search", { limit: 30, windowMs: MINUTE_MS }],
  ["code_search", { limit: 10, windowMs: MINUTE_MS }],
  ["graphql", { limit: 5_000, windowMs: HOUR_MS }],
]);

/**
 * What may be counted on now: of an open bucket its last reading. Nothing known: the kind's default limit over a whole
 * window. A reset in the past: the full limit over a whole window, since GitHub opens the next one with its first
 * request. A limit of 0 was read while the credential was good for nothing; believed past its reset it would never be
 * put to the test again.
 */
export function budgetNow(rate: Rate | undefined, kind: Candidate["kind"], resource: string, now: number): Budget {
  if (rate !== undefined && isOpen(rate, now)) {
    return { limit: rate.limit, remaining: rate.remaining, resetAt: rate.resetAt };
  }
  const defaults = RESOURCE_DEFAULTS.get(resource) ?? CORE_DEFAULTS[kind];
  const limit = rate === undefined || rate.limit === 0 ? defaults.limit : rate.limit;
  return { limit, remaining: limit, resetAt: now + defaults.windowMs };
}

/** Whether a reading tells enough beyond the saved one. That nothing is left does, and another window or limit. */
export function isWorthSaving(rate: Rate, saved: Rate | undefined): boolean {
  if (saved === undefined || rate.limit !== saved.limit) return true;
  if (Math.abs(rate.resetAt - saved.resetAt) > SAME_WINDOW_MS) return true;
  if (rate.remaining === 0 && saved.remaining > 0) return true;
  if (rate.readAt - saved.readAt >= SAVED_EVERY_MS) return true;
  return Math.abs(rate.remaining - saved.remaining) >= rate.limit * SAVED_EVERY_SHARE;
}

/** True until the reset: after it the reading tells the limit and no more. */
export function isOpen(rate: Rate, now: number): boolean {
  return rate.resetAt > now;
}

export function reserveOf(limit: number): number {
  return Math.floor(limit * RESERVE_SHARE);
}

/** How long a window of this resource lasts. */
export function windowOf(resource: string): number {
  return (RESOURCE_DEFAULTS.get(resource) ?? CORE_DEFAULTS.pat).windowMs;
}

/**
 * Takes a reading in. Answers `known` itself where the reading arrived late: of an earlier window, or of this one with
 * less used than is known already.
 */
export function learnRate(known: Rate | undefined, reading: RateReading, now: number): Rate {
  const { resource, limit, remaining, used, resetAt } = reading;
  const taken = { resource, limit, remaining, used, resetAt, readAt: now };
  if (known === undefined) return { ...taken, burnPerSecond: 0 }; // one reading says nothing about speed
  if (resetAt > known.resetAt + SAME_WINDOW_MS) return { ...taken, burnPerSecond: burnAfter(known, used, now) };
  if (resetAt < known.resetAt - SAME_WINDOW_MS) {
    // An earlier window of this bucket has ended. One that is open beside the known one belongs to another user: the
    // identity's secret was replaced, and what was known is of no use.
    return resetAt > now ? { ...taken, burnPerSecond: 0 } : known;
  }
  if (used < known.used) return known;
  // Of two words for one window's end the later one is safe to act on.
  const end = Math.max(resetAt, known.resetAt);
  return { ...taken, resetAt: end, burnPerSecond: burnAfter(known, used - known.used, now) };
}

/** The burn rate as of now: it fades while nothing is read. Units per second. */
export function burnNow(rate: Rate, now: number): number {
  return rate.burnPerSecond * Math.exp(-Math.max(0, now - rate.readAt) / BURN_MEMORY_MS);
}

/** When the bucket runs out at this rate, epoch milliseconds; null where its reset comes first. */
export function emptyAt(rate: Rate, now: number): number | null {
  if (rate.resetAt <= now) return null;
  if (rate.remaining <= 0) return rate.readAt;
  const burn = burnNow(rate, now);
  if (burn <= 0) return null;
  const at = now + (rate.remaining / burn) * 1_000;
  return at < rate.resetAt ? at : null;
}

/** An average over uneven intervals: `spent` counts as spread evenly over the time since the last reading. */
function burnAfter(known: Rate, spent: number, now: number): number {
  const elapsedMs = Math.max(0, now - known.readAt);
  const fresh = 1 - Math.exp(-elapsedMs / BURN_MEMORY_MS);
  // The limit of fresh ÷ elapsed as elapsed goes to zero: several readings may arrive in one millisecond.
  const weightPerSecond = elapsedMs === 0 ? 1_000 / BURN_MEMORY_MS : (fresh * 1_000) / elapsedMs;
  return known.burnPerSecond * (1 - fresh) + spent * weightPerSecond;
}
