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

/** An identity of whom only what is said is known; each word makes a new one. */
export class IdentityBuilder {
  readonly candidate: Candidate;
  readonly standing: Standing;
  readonly inFlight: number;
  readonly holdsLease: boolean;

  constructor(candidate: Candidate, standing = UNKNOWN_STANDING, inFlight = 0, holdsLease = false) {
    this.candidate = candidate;
    this.standing = standing;
    this.inFlight = inFlight;
    this.holdsLease = holdsLease;
  }

  leased(): IdentityBuilder {
    return new IdentityBuilder(this.candidate, this.standing, this.inFlight, true);
  }

  weighing(weight: number): IdentityBuilder {
    return new IdentityBuilder({ ...this.candidate, weight }, this.standing, this.inFlight, this.holdsLease);
  }

  busyWith(inFlight: number): IdentityBuilder {
    return new IdentityBuilder(this.candidate, this.standing, inFlight, this.holdsLease);
  }

  /** A reading of `core`; the reset is half an hour away unless told otherwise. */
  remaining(remaining: number, resetInMs = HOUR / 2, limit = 5_000): IdentityBuilder {
    const rate: Rate = { ...aReading({ remaining, limit, resetAt: NOW + resetInMs }), readAt: NOW, burnPerSecond: 0 };
    return this.#with({ rates: new Map(this.standing.rates).set("core", rate) });
  }

  cooling(
    scope: Cooldown["scope"],
    on: string,
    forMs = MINUTE,
    cause: Cooldown["cause"] = "secondary_limit",
  ): IdentityBuilder {
    return this.#with({ cooldowns: [...this.standing.cooldowns, { scope, on, cause, until: NOW + forMs }] });
  }

  #with(part: Partial<Standing>): IdentityBuilder {
    return new IdentityBuilder(this.candidate, { ...this.standing, ...part }, this.inFlight, this.holdsLease);
  }
}

export function anIdentity(id: string, kind: Candidate["kind"] = "pat"): IdentityBuilder {
  return new IdentityBuilder({ id, kind, weight: 100 });
}

/** The pool these identities make up, as `select` looks at it. */
export function poolOf(among: readonly IdentityBuilder[]): PoolStanding {
  const find = (id: string) => among.find((one) => one.candidate.id === id);
  return {
    of(id) {
      const one = find(id);
      const inFlight = one?.inFlight ?? 0;
      return { standing: one?.standing ?? UNKNOWN_STANDING, inFlight, inFlightOnResource: inFlight };
    },
    leaseHolder: () => among.find((one) => one.holdsLease)?.candidate.id,
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
