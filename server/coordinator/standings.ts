/**
 * The standing of every identity of the pool, in memory, so that a choice reads no SQL. What a restart must not forget
 * goes to the ledger once per report; reservations and route leases end within a minute and stay here.
 */
import type { Clock } from "./clock.ts";
import { boundRests } from "./cooldown.ts";
import type { AttemptReport, Candidate, IdentityStanding } from "./protocol.ts";
import { Reservations, type Reservation } from "./reservations.ts";
import { RouteLeases } from "./route-leases.ts";
import { type CandidateStanding, type Choice, type PoolStanding, select, type SelectAsk } from "./select.ts";
import type { Share } from "./shared-bucket.ts";
import { cleared, describe, learn, type Standing, UNKNOWN_STANDING } from "./standing.ts";

/** What outlives the object. */
export interface Ledger {
  /** Everything kept, by identity. */
  load(now: number): ReadonlyMap<string, Standing>;
  /** Writes the parts in which `after` differs from `before`. */
  save(identityId: string, before: Standing, after: Standing): void;
}

export interface Chosen {
  readonly choice: Choice;
  /** Held for the identities of a selection; ends by itself after 60 s. */
  readonly reservation: Reservation | null;
}

export class Standings implements PoolStanding {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #standings: Map<string, Standing>;
  readonly #leases = new RouteLeases();
  readonly #reservations: Reservations;
  /** Reservations of choices without a fill, oldest first: the report of an attempt ends the first that fits. */
  readonly #unled = new Set<Reservation>();

  /** `freed` is called whenever a reservation ends. */
  constructor(clock: Clock, ledger: Ledger, freed: () => void) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#standings = new Map(ledger.load(clock.now()));
    this.#reservations = new Reservations(clock, freed);
  }

  /** Chooses, reserves what was chosen, and grants the first identity the route's lease where there was none. */
  choose(candidates: readonly Candidate[], ask: SelectAsk): Chosen {
    const now = this.#clock.now();
    const choice = select(candidates, this, now, ask);
    if (choice.kind === "none") return { choice, reservation: null };
    if (choice.leaseReason === "highest_remaining") this.#leases.grant(ask.routeKey, choice.identities[0], now);
    return { choice, reservation: this.#reservations.hold(choice.identities, ask.resource) };
  }

  of(identityId: string, resource: string): CandidateStanding {
    const { inFlight: inFlightOnResource, claims } = this.#reservations.on(identityId, resource);
    const inFlight = this.#reservations.inFlight(identityId);
    return { standing: this.#of(identityId), inFlight, inFlightOnResource, claims };
  }

  leaseHolder(routeKey: string, now: number): string | undefined {
    return this.#leases.holder(routeKey, now);
  }

  shares(resource: string): readonly Share[] {
    const found: Share[] = [];
    for (const [identityId, { rates }] of this.#standings) {
      const rate = rates.get(resource);
      if (rate !== undefined)
        found.push({ identityId, rate, claims: this.#reservations.on(identityId, resource).claims });
    }
    return found;
  }

  /** Leaves the reservation of a choice without a fill to the report of its attempt. */
  leaveToReport(reservation: Reservation): void {
    this.#forgetEnded();
    this.#unled.add(reservation);
  }

  /** Takes in what attempts taught. One write for each identity that changed. */
  learn(attempts: readonly AttemptReport[]): void {
    const now = this.#clock.now();
    for (const attempt of attempts) {
      this.#replace(attempt.identityId, (standing) => bounded(learn(standing, ownWords(attempt), now)));
    }
  }

  /** Ends the reservation left to this attempt's report, if one is held. */
  endUnled(attempt: AttemptReport): void {
    for (const reservation of this.#unled) {
      if (reservation.identityId !== attempt.identityId || reservation.resource !== attempt.resource) continue;
      this.#unled.delete(reservation);
      reservation.end();
      return;
    }
  }

  clearCooldowns(identityId: string): void {
    if (this.#standings.has(identityId)) this.#replace(identityId, cleared);
  }

  describe(identityId: string): IdentityStanding {
    const now = this.#clock.now();
    const live = { inFlight: this.#reservations.inFlight(identityId), leases: this.#leases.heldBy(identityId, now) };
    return describe(identityId, this.#of(identityId), live, now);
  }

  /** All reservations are equally long, so those that ended by themselves stand first. */
  #forgetEnded(): void {
    for (const reservation of this.#unled) {
      if (reservation.isHeld()) return;
      this.#unled.delete(reservation);
    }
  }

  #of(identityId: string): Standing {
    return this.#standings.get(identityId) ?? UNKNOWN_STANDING;
  }

  #replace(identityId: string, change: (standing: Standing) => Standing): void {
    const before = this.#of(identityId);
    const after = change(before);
    this.#standings.set(identityId, after);
    this.#ledger.save(identityId, before, after);
  }
}

/**
 * Without the reading of a 401: a credential that GitHub does not know is counted as nobody's, so a reading there is of
 * the anonymous budget (60 an hour, and mostly spent) and not of the identity's.
 */
function ownWords(attempt: AttemptReport): AttemptReport {
  if (attempt.result.kind !== "unauthorized" || attempt.rate === undefined) return attempt;
  const { rate: _anonymous, ...own } = attempt;
  return own;
}

function bounded(standing: Standing): Standing {
  const cooldowns = boundRests(standing.cooldowns);
  return cooldowns === standing.cooldowns ? standing : { ...standing, cooldowns };
}
