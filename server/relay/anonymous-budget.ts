/** The anonymous budget's standing, shared by data centre and resource: what one request learnt, all obey. */
import type { Deps } from "../deps.ts";
import type { RateReading } from "../coordinator/protocol.ts";
import type { Refusal } from "../github/rate.ts";
import { saveAnonymousRate, type AnonymousRate, type AnonymousRates } from "../store/anonymous-rates.ts";
import { isResting, rememberRest, rest } from "./rests.ts";
import { isTokenFree } from "./sources.ts";

/** Where GitHub names no time (docs.github.com, "Exceeding the rate limit"). */
const THROTTLED_MS = 60_000;

/** What D1 knows of this data centre: budgets by resource, and sources that rest. */
export function rememberRates(rates: AnonymousRates, deps: Deps): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (isTokenFree(name)) rememberRest(name, rate.resetAt, deps);
    else rememberRate(name, rate, deps);
  }
}

/** Within one window the lower number stands: answers overtake one another. */
function rememberRate(resource: string, rate: AnonymousRate, deps: Deps): void {
  const known = deps.isolate.rates.get(resource);
  const newer =
    known === undefined ||
    rate.resetAt > known.resetAt ||
    (rate.resetAt === known.resetAt && rate.remaining < known.remaining);
  if (newer) deps.isolate.rates.set(resource, rate);
}

/**
 * The standing is shared by data centre and obeyed by all. Written when it is news: the first reading, a new window,
 * half gone, spent, or ten fewer than what was last written.
 */
export function noteAnonymousRate(rate: RateReading | undefined, refusal: Refusal | undefined, deps: Deps): void {
  // A secondary limit on the address: nobody here asks again before its end, whatever the budget says.
  if (refusal?.kind === "throttled") rest("anonymous", refusal.retryAfterMs ?? THROTTLED_MS, deps);
  if (rate === undefined) return;
  const reading = { limit: rate.limit, remaining: rate.remaining, resetAt: rate.resetAt, readAt: deps.now() };
  const known = deps.isolate.rates.get(rate.resource);
  rememberRate(rate.resource, reading, deps);
  const news =
    known === undefined ||
    known.resetAt !== reading.resetAt ||
    (known.remaining > 0 && reading.remaining === 0) ||
    Math.floor(known.remaining / 10) !== Math.floor(reading.remaining / 10);
  if (news) deps.background(saveAnonymousRate(deps.db, deps.colo, rate.resource, reading));
}

/** The address may ask nobody's question of this resource before the reset, or before its rest has ended. */
export function isAnonymousSpent(resource: string, deps: Deps): boolean {
  const rate = deps.isolate.rates.get(resource);
  return isResting("anonymous", deps) || (rate !== undefined && rate.resetAt > deps.now() && rate.remaining === 0);
}
