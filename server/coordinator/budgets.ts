/**
 * What one caller may take of the pool: places for fills it leads at one time, fills an hour, and negative visibility
 * proofs an hour. Those who follow take nothing. In memory; a restart of the object forgets what was taken.
 */
import type { Clock } from "./clock.ts";
import type { CallerBudget } from "./protocol.ts";
import { Queue } from "./queue.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** A place is given back by its report or its lease's end; failing both, by the clock. */
const PLACE_MS = 60_000;
const FULL_RETRY_MS = 1_000;
/** Each place that comes free lets everyone in the queue try again, so the queue is bounded. */
const MAX_QUEUED = 256;

export interface Place {
  /** Gives it back; harmless when it has been. */
  leave(): void;
}

export type Entry =
  | { readonly kind: "entered"; readonly place: Place }
  /** Every place is taken; `queue` is null where too many wait already. */
  | { readonly kind: "full"; readonly queue: Queue | null; readonly retryAt: number }
  | { readonly kind: "spent"; readonly retryAt: number };

interface CallerState {
  readonly places: Set<Place>;
  readonly queue: Queue;
}

export class Budgets {
  readonly #clock: Clock;
  /** Only callers with a place taken; nobody queues where every place is free. */
  readonly #callers = new Map<string, CallerState>();
  readonly #fills = new TokenBuckets();
  readonly #negativeProofs = new TokenBuckets();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place and one fill of the hour, or neither. */
  enter(budget: CallerBudget): Entry {
    const now = this.#clock.now();
    const caller = this.#callers.get(budget.callerId);
    if ((caller?.places.size ?? 0) >= budget.maxConcurrent) {
      const queue = caller !== undefined && caller.queue.length < MAX_QUEUED ? caller.queue : null;
      return { kind: "full", queue, retryAt: now + FULL_RETRY_MS };
    }
    const taken = this.#fills.take(budget.callerId, budget.fillsPerHour, now);
    return taken.kind === "spent" ? taken : { kind: "entered", place: this.#take(budget.callerId) };
  }

  /** For a follower who takes a lost leader's place: it must fill, or everyone who waits would wait for nothing. */
  enterAnyway(budget: CallerBudget): Place {
    this.#fills.takeAnyway(budget.callerId, budget.fillsPerHour, this.#clock.now());
    return this.#take(budget.callerId);
  }

  /** False: the hour's negative proofs are spent. */
  takeNegativeProof(callerId: string, perHour: number): boolean {
    return this.#negativeProofs.take(callerId, perHour, this.#clock.now()).kind === "taken";
  }

  giveBackNegativeProof(callerId: string, perHour: number): void {
    this.#negativeProofs.giveBack(callerId, perHour, this.#clock.now());
  }

  #take(callerId: string): Place {
    const caller = this.#callers.get(callerId) ?? { places: new Set(), queue: new Queue(this.#clock) };
    this.#callers.set(callerId, caller);
    const cancel = this.#clock.after(PLACE_MS, () => place.leave());
    const place: Place = {
      leave: () => {
        if (!caller.places.delete(place)) return;
        cancel();
        caller.queue.wakeAll();
        if (caller.places.size === 0) this.#callers.delete(callerId);
      },
    };
    caller.places.add(place);
    return place;
  }
}
