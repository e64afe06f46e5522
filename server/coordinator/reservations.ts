/** Requests under way with each identity, in memory. One whose report never comes ends by itself. */
import type { Clock } from "./clock.ts";

const RESERVATION_MS = 60_000;

export interface Reservation {
  /** The identity that is asked first. */
  readonly identityId: string;
  readonly resource: string;
  isHeld(): boolean;
  /** Ends it; harmless when it has ended. */
  end(): void;
}

/** What is held of one identity on one resource, or on all. Counted rather than listed: every choice asks for it. */
export interface Load {
  /** Requests that ask it first. */
  readonly inFlight: number;
  /** They, and the requests that ask it where another fails. */
  readonly claims: number;
}

const NOTHING: Load = { inFlight: 0, claims: 0 };

export class Reservations {
  readonly #clock: Clock;
  readonly #freed: () => void;
  /** By identity and resource; only those of which something is held. */
  readonly #loads = new Map<string, Map<string, Load>>();

  /** `freed` is called whenever a reservation ends. */
  constructor(clock: Clock, freed: () => void) {
    this.#clock = clock;
    this.#freed = freed;
  }

  /**
   * Holds one request: in flight with the first identity, and a claim on the budget of each, since the others are asked
   * without another choice where the first one fails.
   */
  hold(identityIds: readonly [string, ...string[]], resource: string): Reservation {
    let isHeld = true;
    this.#count(identityIds, resource, 1);
    const end = () => {
      if (!isHeld) return;
      isHeld = false;
      cancel();
      this.#count(identityIds, resource, -1);
      this.#freed();
    };
    const cancel = this.#clock.after(RESERVATION_MS, end);
    return { identityId: identityIds[0], resource, isHeld: () => isHeld, end };
  }

  /** Requests that ask this identity first, on every resource together. */
  inFlight(identityId: string): number {
    let sum = 0;
    for (const load of this.#loads.get(identityId)?.values() ?? []) sum += load.inFlight;
    return sum;
  }

  on(identityId: string, resource: string): Load {
    return this.#loads.get(identityId)?.get(resource) ?? NOTHING;
  }

  #count(identityIds: readonly [string, ...string[]], resource: string, by: 1 | -1): void {
    for (const identityId of identityIds) {
      const loads = this.#loads.get(identityId) ?? new Map<string, Load>();
      const { inFlight, claims } = loads.get(resource) ?? NOTHING;
      const load = { inFlight: identityId === identityIds[0] ? inFlight + by : inFlight, claims: claims + by };
      if (load.claims > 0) loads.set(resource, load);
      else loads.delete(resource);
      if (loads.size > 0) this.#loads.set(identityId, loads);
      else this.#loads.delete(identityId);
    }
  }
}
