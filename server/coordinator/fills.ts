/**
 * Who fills what, in memory: one leader for each fill key, and those who wait for its outcome. A lease is fenced by the
 * object's epoch and a counter, so a leader whose lease ended, or who had it from an earlier life of the object, can
 * neither publish nor finish.
 */
import type { Cancel, Clock } from "./clock.ts";
import { FinishedFills } from "./finished.ts";
import type { FillLease, FillOutcome } from "./protocol.ts";

const LEASE_MS = 8_000;
/** Fences of one life: epoch × 2³² + counter stays exact in a double for two million starts. */
const FENCES_PER_EPOCH = 2 ** 32;
/** workerd allows 10,000 timers at a time, and each who waits holds one. */
const MAX_WAITING = 5_000;

/** How a wait ends. `lead`: the leader was lost, and this one takes its place. */
export type Joined =
  | { readonly kind: "follow"; readonly outcome: FillOutcome }
  | { readonly kind: "lead"; readonly lease: FillLease }
  | { readonly kind: "timeout" };

interface Follower {
  /** Ends the wait, once. */
  readonly wake: (joined: Joined) => void;
}

interface Fill {
  readonly lease: FillLease;
  /** In the order they came. */
  readonly followers: Set<Follower>;
  readonly cancelExpiry: Cancel;
}

export interface FillCounts {
  readonly inFlight: number;
  readonly waiting: number;
  readonly led: number;
  readonly coalesced: number;
}

export class Fills {
  readonly #clock: Clock;
  readonly #leaseEnded: (fence: number) => void;
  readonly #fills = new Map<string, Fill>();
  readonly #finished: FinishedFills;
  #lastFence: number;
  #waiting = 0;
  #led = 0;
  #coalesced = 0;

  /** `leaseEnded` hears of every lease that ran out without a finish. */
  constructor(clock: Clock, epoch: number, leaseEnded: (fence: number) => void) {
    this.#clock = clock;
    this.#leaseEnded = leaseEnded;
    this.#finished = new FinishedFills(clock);
    this.#lastFence = epoch * FENCES_PER_EPOCH;
  }

  /**
   * Follows a fill in flight, or one that finished at most `acceptFinishedMs` ago. Null: there is neither, and the
   * asker may lead. Waits at most `waitMs`.
   */
  join(fillKey: string, acceptFinishedMs: number, waitMs: number): Promise<Joined> | Joined | null {
    const outcome = this.#finished.recall(fillKey, acceptFinishedMs);
    if (outcome !== undefined) {
      this.#coalesced += 1;
      return { kind: "follow", outcome };
    }
    const fill = this.#fills.get(fillKey);
    if (fill === undefined) return null;
    if (this.#waiting >= MAX_WAITING || waitMs <= 0) return { kind: "timeout" };
    return this.#wait(fill, waitMs);
  }

  /** Takes the lead. Only where `join` has just answered null. */
  lead(fillKey: string): FillLease {
    return this.#grant(fillKey, new Set());
  }

  /** Hands the outcome to everyone who waits. False: the lease had ended, and those who wait go on waiting. */
  finish(fillKey: string, lease: FillLease, outcome: FillOutcome): boolean {
    const fill = this.#held(fillKey, lease);
    if (fill === undefined) return false;
    fill.cancelExpiry();
    this.#fills.delete(fillKey);
    this.#finished.remember(fillKey, outcome);
    this.#coalesced += fill.followers.size;
    for (const follower of fill.followers) follower.wake({ kind: "follow", outcome });
    return true;
  }

  /** A live lease's new end, with the same fence; null: it is lost. */
  renew(fillKey: string, lease: FillLease): FillLease | null {
    const fill = this.#held(fillKey, lease);
    if (fill === undefined) return null;
    fill.cancelExpiry();
    return this.#install(fillKey, lease.fence, fill.followers);
  }

  counts(): FillCounts {
    return { inFlight: this.#fills.size, waiting: this.#waiting, led: this.#led, coalesced: this.#coalesced };
  }

  #wait(fill: Fill, waitMs: number): Promise<Joined> {
    this.#waiting += 1;
    return new Promise((resolve) => {
      const follower: Follower = {
        wake: (joined) => {
          cancel();
          this.#waiting -= 1;
          fill.followers.delete(follower);
          resolve(joined);
        },
      };
      const cancel = this.#clock.after(waitMs, () => follower.wake({ kind: "timeout" }));
      fill.followers.add(follower);
    });
  }

  #grant(fillKey: string, followers: Set<Follower>): FillLease {
    this.#led += 1;
    this.#lastFence += 1;
    return this.#install(fillKey, this.#lastFence, followers);
  }

  #install(fillKey: string, fence: number, followers: Set<Follower>): FillLease {
    const lease = { fence, expiresAt: this.#clock.now() + LEASE_MS };
    const cancelExpiry = this.#clock.after(LEASE_MS, () => this.#expire(fillKey, lease));
    this.#fills.set(fillKey, { lease, followers, cancelExpiry });
    return lease;
  }

  /** The leader is lost: the follower who waited longest takes its place, the others wait on. */
  #expire(fillKey: string, lease: FillLease): void {
    const fill = this.#fills.get(fillKey);
    if (fill?.lease !== lease) return;
    this.#fills.delete(fillKey);
    const [heir] = fill.followers;
    if (heir !== undefined) {
      fill.followers.delete(heir);
      heir.wake({ kind: "lead", lease: this.#grant(fillKey, fill.followers) });
    }
    this.#leaseEnded(lease.fence);
  }

  /** A timer may run late, so the end is judged by the clock as well. */
  #held(fillKey: string, lease: FillLease): Fill | undefined {
    const fill = this.#fills.get(fillKey);
    return fill?.lease.fence === lease.fence && fill.lease.expiresAt > this.#clock.now() ? fill : undefined;
  }
}
