/** Time as a value: the object takes the real one, tests move their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `run` once, `ms` from now, unless cancelled before. */
  after(ms: number, run: () => void): Cancel;
}

/** Calls off what `Clock.after` promised; harmless when it has happened or was called off before. */
export type Cancel = () => void;

/**
 * The platform's clock. A timer set during one RPC runs whether or not that RPC still waits, as all calls to one object
 * share its I/O context; workerd allows 10,000 pending timers, which is why those who wait are bounded in number.
 */
export const platformClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
