/** Requests under way with each identity, in memory. One whose report never comes ends by itself. */
import type { Clock } from "./clock.ts";

const RESERVATION_MS = 60_000;

export interface Reservation {
  readonly identityId: string;
  readonly resource: string;
  isHeld(): boolean;
  /** Ends it; harmless when it has ended. */
  end(): void;
}

export class Reservations {
  readonly #clock: Clock;
  readonly #freed: () => void;
  /** By identity, oldest first. */
  readonly #held = new Map<string, Set<Reservation>>();

  /** `freed` is called whenever a reservation ends. */
  constructor(clock: Clock, freed: () => void) {
    this.#clock = clock;
    this.#freed = freed;
  }

  hold(identityId: string, resource: string): Reservation {
    const of = this.#held.get(identityId) ?? new Set();
    this.#held.set(identityId, of);
    const cancel = this.#clock.after(RESERVATION_MS, () => reservation.end());
    const reservation: Reservation = {
      identityId,
      resource,
      isHeld: () => of.has(reservation),
      end: () => {
        if (!of.delete(reservation)) return;
        cancel();
        if (of.size === 0 && this.#held.get(identityId) === of) this.#held.delete(identityId);
        this.#freed();
      },
    };
    of.add(reservation);
    return reservation;
  }

  /** How many are held, on one resource or on all. */
  count(identityId: string, resource?: string): number {
    const of = this.#held.get(identityId);
    if (of === undefined) return 0;
    if (resource === undefined) return of.size;
    return [...of].filter((reservation) => reservation.resource === resource).length;
  }
}
