/** Which identity serves, as a pure function of the candidates, their standing and the time (design: Choosing). */
import type { Candidate, Cooldown, Selection } from "./protocol.ts";
import { budgetNow, isOpen, reserveOf } from "./rate.ts";
import { isDoubtful, type Share } from "./shared-bucket.ts";
import type { Standing } from "./standing.ts";

export interface SelectAsk {
  readonly routeKey: string;
  readonly resource: string;
  /** The identity whose validator is at hand: its conditional request is free when it is answered 304. */
  readonly preferred?: string | undefined;
  /** True for a visibility proof: a fill may hold a place until it has one, so it needs a place that fills cannot take. */
  readonly isBesideFill?: boolean | undefined;
}

export interface CandidateStanding {
  readonly standing: Standing;
  /** Requests that ask it first, on every resource together. */
  readonly inFlight: number;
  /** Those of them on the resource asked for. */
  readonly inFlightOnResource: number;
  /** They, and the requests under way with others that fall back on it: all may yet spend its budget. */
  readonly claims: number;
}

/** What a choice needs to know of the pool. */
export interface PoolStanding {
  of(identityId: string, resource: string): CandidateStanding;
  /** The holder of the live lease of this route key. */
  leaseHolder(routeKey: string, now: number): string | undefined;
  /** What is known of the resource's buckets, candidates or not. */
  shares(resource: string): readonly Share[];
}

/** A selection, or why there is none. `busy`: at least one candidate only waits for one of its requests to end. */
export type Choice =
  | (Extract<Selection, { kind: "selected" }> & { readonly identities: readonly [string, ...string[]] })
  | (Extract<Selection, { kind: "none" }> & { readonly busy: boolean });

/** How many identities one request may try. */
const MAX_IDENTITIES = 3;
/** GitHub allows 100 at once; the rest is left to the identity's owner. */
const MAX_IN_FLIGHT = 20;
/** With one proof beside each fill. */
const MAX_IN_FLIGHT_BESIDE = 2 * MAX_IN_FLIGHT;
/** Values at least this share of the best one's are near-ties, which the weight breaks. */
const NEAR_TIE = 0.9;
/** A place comes free when any request ends; asking again sooner than this would only add load. */
const BUSY_RETRY_MS = 1_000;

interface Able {
  readonly kind: "able";
  readonly id: string;
  readonly weight: number;
  /**
   * Spendable units by the time until the reset, squared: budget about to expire goes before budget that must last,
   * also where that is larger. See docs/decisions for what the square is worth.
   */
  readonly worth: number;
  /**
   * This request would open its window. GitHub starts the hour with the first request in it: a bucket left alone until
   * it is needed is full again an hour after that, one that was opened before is full again sooner.
   */
  readonly opens: boolean;
}
interface Unable {
  readonly kind: "unable";
  readonly ableAt: number;
  readonly why: "cooling" | "depleted" | "busy";
}

/**
 * At most three identities, in the order to try: the preferred one, else the holder of the route's lease (both
 * `sticky`), else those with the most spendable budget. With none able it answers when the first will be, and why that
 * one is not.
 */
export function select(candidates: readonly Candidate[], pool: PoolStanding, now: number, ask: SelectAsk): Choice {
  const able: Able[] = [];
  let first: Unable | undefined;
  let busy = false;
  for (const candidate of candidates) {
    const judged = judge(candidate, pool, now, ask);
    if (judged.kind === "able") {
      able.push(judged);
      continue;
    }
    busy ||= judged.why === "busy";
    if (first === undefined || judged.ableAt < first.ableAt) first = judged;
  }

  const sticky = takeHolder(able, ask.preferred) ?? takeHolder(able, pool.leaseHolder(ask.routeKey, now));
  const best = sticky ?? takeBest(able);
  if (best === undefined) return noneOf(first, busy);
  const identities: [string, ...string[]] = [best.id];
  for (let next = takeBest(able); next !== undefined; next = takeBest(able)) {
    if (identities.push(next.id) === MAX_IDENTITIES) break;
  }
  return { kind: "selected", identities, leaseReason: sticky === undefined ? "highest_remaining" : "sticky" };
}

/** Able, or the obstacle that lasts longest. */
function judge(candidate: Candidate, pool: PoolStanding, now: number, ask: SelectAsk): Able | Unable {
  const { id, kind, weight } = candidate;
  const { standing, inFlight, inFlightOnResource, claims } = pool.of(id, ask.resource);
  const rest = longestRest(id, standing.cooldowns, now, ask);
  const rate = standing.rates.get(ask.resource);
  const budget = budgetNow(rate, kind, ask.resource, now);
  const left = budget.remaining - reserveOf(budget.limit);
  if (left <= 0 && (rest === undefined || budget.resetAt >= rest.until)) {
    return { kind: "unable", ableAt: budget.resetAt, why: "depleted" };
  }
  if (rest !== undefined) {
    return { kind: "unable", ableAt: rest.until, why: rest.cause === "depleted" ? "depleted" : "cooling" };
  }
  const { isBesideFill = false } = ask;
  const isInDoubt = claims > 0 && isDoubtful({ identityId: id, rate, claims }, pool.shares(ask.resource), now);
  // The fill whose proof this is may be what the bucket is in doubt for, and its answer waits for the proof.
  if (isInDoubt && isBesideFill) return { kind: "unable", ableAt: now + BUSY_RETRY_MS, why: "depleted" };
  // A bucket emptied only by what is under way may prove fuller when those requests are answered.
  const isBusy = isInDoubt || left <= claims || inFlight >= (isBesideFill ? MAX_IN_FLIGHT_BESIDE : MAX_IN_FLIGHT);
  if (isBusy) return { kind: "unable", ableAt: now + BUSY_RETRY_MS, why: "busy" };
  const secondsToReset = Math.max(1, (budget.resetAt - now) / 1_000);
  const opens = inFlightOnResource === 0 && (rate === undefined || !isOpen(rate, now));
  return { kind: "able", id, weight, opens, worth: (left - inFlightOnResource) / secondsToReset ** 2 };
}

/** Of its live cooldowns that bear on this ask (identity-wide, on this resource, on this route) the last to end. */
function longestRest(id: string, cooldowns: readonly Cooldown[], now: number, ask: SelectAsk): Cooldown | undefined {
  let longest: Cooldown | undefined;
  for (const cooldown of cooldowns) {
    const { scope, on, until } = cooldown;
    if (until <= (longest?.until ?? now)) continue;
    const bears = on === (scope === "identity" ? id : scope === "resource" ? ask.resource : ask.routeKey);
    if (bears) longest = cooldown;
  }
  return longest;
}

/** Takes this identity out of the able ones, where it is one of them. */
function takeHolder(able: Able[], id: string | undefined): Able | undefined {
  const at = id === undefined ? -1 : able.findIndex((one) => one.id === id);
  return at < 0 ? undefined : able.splice(at, 1)[0];
}

/** Takes out one whose window is to be opened, else the one worth most; among near-ties of it the heaviest. */
function takeBest(able: Able[]): Able | undefined {
  const toOpen = able.some(({ opens }) => opens);
  let top = 0;
  for (const { worth, opens } of able) if (opens === toOpen) top = Math.max(top, worth);
  let best = -1;
  able.forEach((one, at) => {
    const rival = able[best];
    if (one.opens !== toOpen || one.worth < top * NEAR_TIE) return;
    if (rival === undefined || goesBefore(one, rival)) best = at;
  });
  return best < 0 ? undefined : able.splice(best, 1)[0];
}

function goesBefore(one: Able, other: Able): boolean {
  if (one.weight !== other.weight) return one.weight > other.weight;
  return one.worth === other.worth ? one.id < other.id : one.worth > other.worth;
}

function noneOf(first: Unable | undefined, busy: boolean): Choice {
  if (first === undefined) return { kind: "none", reason: "no_identity", busy };
  const reason = first.why === "depleted" ? "identity_pool_depleted" : "identities_cooling_down";
  return { kind: "none", reason, retryAt: first.ableAt, busy };
}
