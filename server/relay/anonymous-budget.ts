/** The anonymous budget's standing, shared by data centre and resource: what one request learnt, all obey. */
import type { Deps } from "../deps.ts";
import { saveAnonymousRate, type AnonymousRate } from "../store/anonymous-rates.ts";
import type { Attempted } from "./attempt.ts";
import type { Job } from "./stages.ts";

/** Within one window the lower number stands: answers overtake one another. */
export function rememberRate(resource: string, rate: AnonymousRate | undefined, deps: Deps): void {
  if (rate === undefined) return;
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
export function noteAnonymousRate(job: Job, attempted: Attempted, deps: Deps): void {
  const { rate, outcome } = attempted;
  if (outcome.kind === "declined" && outcome.refusal?.kind === "throttled") {
    // A secondary limit on the address: nobody here asks again before its end (60 s where GitHub names none).
    const until = deps.now() + (outcome.refusal.retryAfterMs ?? 60_000);
    const { resource } = job.route.match.route;
    deps.isolate.rates.set(resource, { limit: rate?.limit ?? 60, remaining: 0, resetAt: until, readAt: deps.now() });
    return;
  }
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
