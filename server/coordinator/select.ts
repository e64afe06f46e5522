/** Which identity serves, as a pure function of the candidates, their standing and the time (design: Choosing). */
import type { Candidate, Selection } from "./protocol.ts";
import { budgetNow } from "./rate.ts";
import type { Standing } from "./standing.ts";

export interface SelectAsk {
  readonly routeKey: string;
  readonly resource: string;
  /** The identity whose validator is at hand: its conditional request is free when it is answered 304. */
  readonly preferred?: string | undefined;
}

export interface CandidateStanding {
  readonly standing: Standing;
  /** Reservations not yet ended, on every resource together. */
  readonly inFlight: number;
  /** Those of them on the resource asked for. */
  readonly inFlightOnResource: number;
}

/** What a choice needs to know of the pool, looked up by identity or route. */
export interface PoolStanding {
  of(identityId: string): CandidateStanding;
  /** The holder of the live lease of this route key. */
  leaseHolder(routeKey: string): string | undefined;
}

/** A selection, or why there is none. `busy`: at least one candidate only waits for one of its requests to end. */
export type Choice =
  | Extract<Selection, { kind: "selected" }>
  | (Extract<Selection, { kind: "none" }> & { readonly busy: boolean });

/** How many identities one request may try. */
const MAX_IDENTITIES = 3;
/** GitHub allows 100 at once; the rest is left to the identity's owner. */
const MAX_IN_FLIGHT = 20;
/** Part of the limit left unspent, for requests that other programs make with the identity: 5 of 5,000. */
const RESERVE_SHARE = 0.001;
/** Values at least this share of the best one's are near-ties, which the weight breaks. */
const NEAR_TIE = 0.9;
/** A place comes free when any request ends; asking again sooner than this would only add load. */
const BUSY_RETRY_MS = 1_000;

interface Able {
  readonly kind: "able";
  readonly candidate: Candidate;
  /** Spendable units per second until the reset: budget about to expire is worth more than budget that must last. */
  readonly worth: number;
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
export function select(candidates: readonly Candidate[], standing: PoolStanding, now: number, ask: SelectAsk): Choice {
  const judged = candidates.map((candidate) => judge(candidate, standing.of(candidate.id), now, ask));
  const able = judged.filter((one) => one.kind === "able");
  if (able.length === 0)
    return noneOf(
      judged.filter((one) => one.kind === "unable"),
      now,
    );

  const ranked = rank(able);
  const holder = [ask.preferred, standing.leaseHolder(ask.routeKey)].find(
    (id) => id !== undefined && ranked.includes(id),
  );
  if (holder === undefined) {
    return { kind: "selected", identities: ranked.slice(0, MAX_IDENTITIES), leaseReason: "highest_remaining" };
  }
  const identities = [holder, ...ranked.filter((id) => id !== holder)].slice(0, MAX_IDENTITIES);
  return { kind: "selected", identities, leaseReason: "sticky" };
}

function judge(candidate: Candidate, at: CandidateStanding, now: number, ask: SelectAsk): Able | Unable {
  const budget = budgetNow(at.standing.rates.get(ask.resource), candidate.kind, ask.resource, now);
  const reserve = Math.floor(budget.limit * RESERVE_SHARE);
  const spendable = budget.remaining - at.inFlightOnResource - reserve;
  const obstacles = restsOn(candidate.id, at.standing, now, ask);
  // A bucket emptied only by what is in flight may prove fuller when those requests are answered.
  if (budget.remaining - reserve <= 0) obstacles.push({ kind: "unable", ableAt: budget.resetAt, why: "depleted" });
  else if (spendable <= 0 || at.inFlight >= MAX_IN_FLIGHT) {
    obstacles.push({ kind: "unable", ableAt: now + BUSY_RETRY_MS, why: "busy" });
  }
  const lasting = obstacles.reduce<Unable | undefined>(
    (a, b) => (a === undefined || b.ableAt > a.ableAt ? b : a),
    undefined,
  );
  if (lasting !== undefined) return lasting;
  const secondsToReset = Math.max(1, (budget.resetAt - now) / 1_000);
  return { kind: "able", candidate, worth: spendable / secondsToReset };
}

/** Its live cooldowns that bear on this ask: identity-wide, on this resource, on this route. */
function restsOn(id: string, standing: Standing, now: number, ask: SelectAsk): Unable[] {
  const names = { identity: id, resource: ask.resource, route: ask.routeKey };
  return standing.cooldowns
    .filter((cooldown) => cooldown.until > now && names[cooldown.scope] === cooldown.on)
    .map(({ until, cause }) => ({ kind: "unable", ableAt: until, why: cause === "depleted" ? "depleted" : "cooling" }));
}

/** The ids by worth; among near-ties of the best one left, the heaviest comes first. */
function rank(able: readonly Able[]): readonly string[] {
  const left = [...able].toSorted((a, b) => b.worth - a.worth || compareIds(a.candidate.id, b.candidate.id));
  const ranked: string[] = [];
  while (left.length > 0) {
    const best = left[0]?.worth ?? 0;
    const chosen = left
      .filter((one) => one.worth >= best * NEAR_TIE)
      .reduce((a, b) => (b.candidate.weight > a.candidate.weight ? b : a));
    left.splice(left.indexOf(chosen), 1);
    ranked.push(chosen.candidate.id);
  }
  return ranked;
}

function noneOf(unable: readonly Unable[], now: number): Choice {
  const first = unable.reduce<Unable | undefined>(
    (a, b) => (a === undefined || b.ableAt < a.ableAt ? b : a),
    undefined,
  );
  if (first === undefined) return { kind: "none", reason: "no_identity", busy: false };
  const reason = first.why === "depleted" ? "identity_pool_depleted" : "identities_cooling_down";
  return { kind: "none", reason, retryAt: Math.max(first.ableAt, now), busy: unable.some((one) => one.why === "busy") };
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
