/** Those who wait for something to come free. Woken together, in the order they came; each then tries again. */
import type { Clock } from "./clock.ts";

export class Queue {
  readonly #clock: Clock;
  readonly #wakers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#wakers.size;
  }

  /** Ends with the next `wakeAll`, or after `ms`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#wakers.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#wakers.add(wake);
    });
  }

  wakeAll(): void {
    for (const wake of this.#wakers) wake();
  }
}
