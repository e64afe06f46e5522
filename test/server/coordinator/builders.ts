import type {
  AttemptReport,
  BeginAsk,
  Candidate,
  Cooldown,
  FillOutcome,
  RateReading,
} from "../../../server/coordinator/protocol.ts";
import type { Rate } from "../../../server/coordinator/rate.ts";
import type { PoolStanding } from "../../../server/coordinator/select.ts";
import { type Standing, UNKNOWN_STANDING } from "../../../server/coordinator/standing.ts";
import type { Ledger } from "../../../server/coordinator/standings.ts";

export const NOW = 1_700_000_000_000;
export const ROUTE = "pr_view o/r";
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

interface Known {
  readonly candidate: Candidate;
  readonly standing: Standing;
  readonly inFlight: number;
  readonly inFlightOnResource: number;
  readonly claims: number;
  readonly holdsLease: boolean;
}

/** An identity of whom only what is said is known; each word makes a new one. */
export class IdentityBuilder {
  readonly known: Known;

  constructor(known: Known) {
    this.known = known;
  }

  get candidate(): Candidate {
    return this.known.candidate;
  }

  leased(): IdentityBuilder {
    return this.#with({ holdsLease: true });
  }

  weighing(weight: number): IdentityBuilder {
    return this.#with({ candidate: { ...this.known.candidate, weight } });
  }

  /** So many requests ask it first, all of the resource in question. */
  busyWith(inFlight: number): IdentityBuilder {
    return this.#with({ inFlight, inFlightOnResource: inFlight, claims: inFlight });
  }

  /** So many requests under way with others would fall back on it. */
  standingBy(claims: number): IdentityBuilder {
    return this.#with({ claims: this.known.claims + claims });
  }

  /** A reading of `core`; the reset is half an hour away unless told otherwise. */
  remaining(remaining: number, resetInMs = HOUR / 2, limit = 5_000): IdentityBuilder {
    return this.reading({ remaining, limit, resetAt: NOW + resetInMs });
  }

  reading(part: Partial<RateReading>, readAgoMs = 0): IdentityBuilder {
    const rate: Rate = { ...aReading(part), readAt: NOW - readAgoMs, burnPerSecond: 0 };
    return this.#standing({ rates: new Map(this.known.standing.rates).set(rate.resource, rate) });
  }

  cooling(
    scope: Cooldown["scope"],
    on: string,
    forMs = MINUTE,
    cause: Cooldown["cause"] = "secondary_limit",
  ): IdentityBuilder {
    const { cooldowns } = this.known.standing;
    return this.#standing({ cooldowns: [...cooldowns, { scope, on, cause, until: NOW + forMs }] });
  }

  #standing(part: Partial<Standing>): IdentityBuilder {
    return this.#with({ standing: { ...this.known.standing, ...part } });
  }

  #with(part: Partial<Known>): IdentityBuilder {
    return new IdentityBuilder({ ...this.known, ...part });
  }
}

export function anIdentity(id: string, kind: Candidate["kind"] = "pat"): IdentityBuilder {
  const candidate = { id, kind, weight: 100 };
  const idle = { inFlight: 0, inFlightOnResource: 0, claims: 0, holdsLease: false };
  return new IdentityBuilder({ candidate, standing: UNKNOWN_STANDING, ...idle });
}

/** The pool these identities make up, as `select` looks at it. */
export function poolOf(among: readonly IdentityBuilder[]): PoolStanding {
  const nobody = anIdentity("nobody").known;
  return {
    of: (id) => among.find((one) => one.candidate.id === id)?.known ?? nobody,
    leaseHolder: () => among.find((one) => one.known.holdsLease)?.candidate.id,
    shares: (resource) =>
      among.map(({ known: { candidate, standing, claims } }) => {
        return { identityId: candidate.id, rate: standing.rates.get(resource), claims };
      }),
  };
}

export function aReading(part: Partial<RateReading> = {}): RateReading {
  const { resource = "core", limit = 5_000, remaining = 4_000, resetAt = NOW + HOUR / 2 } = part;
  return { resource, limit, remaining, used: part.used ?? limit - remaining, resetAt };
}

export function anAttempt(result: AttemptReport["result"], part: Partial<AttemptReport> = {}): AttemptReport {
  return { identityId: "ada", kind: "pat", resource: "core", routeKey: ROUTE, durationMs: 80, ...part, result };
}

export function anAsk(part: Partial<BeginAsk> = {}): BeginAsk {
  return {
    fillKey: "key",
    routeKey: ROUTE,
    resource: "core",
    budget: aBudget(),
    candidates: [{ id: "ada", kind: "pat", weight: 100 }],
    acceptFinishedMs: 0,
    waitMs: 15_000,
    shared: true,
    ...part,
  };
}

export function aBudget(part: Partial<BeginAsk["budget"]> = {}): BeginAsk["budget"] {
  return { callerId: "caller", maxConcurrent: 16, fillsPerHour: 600, ...part };
}

export function sharedOutcome(text: string, finishedAt = NOW): FillOutcome {
  const body = new TextEncoder().encode(text);
  return { kind: "shared", finishedAt, reply: { status: 200, headers: {}, encoding: "json", body, meta: {} } };
}

/** Keeps standings as the SQL ledger does, and counts the writes. */
export class MemoryLedger implements Ledger {
  readonly kept = new Map<string, Standing>();
  writes = 0;

  load(): ReadonlyMap<string, Standing> {
    return this.kept;
  }

  save(identityId: string, _before: Standing, after: Standing): void {
    this.kept.set(identityId, after);
    this.writes += 1;
  }
}
