import type { Clock } from "../../../server/coordinator/clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that moves only when told to, and runs what falls due in its order. */
export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set: a room that cleans up after itself leaves none. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on without running anything, as a platform does whose timers are late. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Of several for one moment the one that was set first. */
  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  /** Moves on by `ms`, and lets promises that were resolved on the way run. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (;;) {
      const due = this.#first();
      if (due === undefined || due.at > target) break;
      this.#timers.delete(due);
      this.#now = due.at;
      due.run();
      await settle();
    }
    this.#now = target;
    await settle();
  }
}

/** Lets every promise that can go on do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
