/**
 * Limits on guessing, by client address (2-wire, Limits on guessing). Counted in this isolate: a guesser who is spread
 * over isolates gets that many times the limit, never more, and pays one D1 read for each guess up to it.
 */
import { BoundedMap } from "../bounded-map.ts";

const WINDOW_MS = 60_000;
export const FAILURES_PER_MINUTE = 20;
export const LOGINS_PER_MINUTE = 10;
const ADDRESSES = 5_000;

interface Tally {
  readonly since: number;
  readonly count: number;
}

export class Guessing {
  readonly #failures = new BoundedMap<string, Tally>(ADDRESSES);
  /** Only of addresses with something under way. */
  readonly #underWay = new Map<string, number>();
  readonly #logins = new BoundedMap<string, Tally>(ADDRESSES);

  failed(address: string, now: number): void {
    add(this.#failures, address, now);
  }

  /** Seconds until this address is asked about again; undefined: not blocked. */
  blocked(address: string, now: number): number | undefined {
    return over(this.#failures.get(address), FAILURES_PER_MINUTE, now);
  }

  /** A credential of this address is being looked up: it may turn out to be a failure. Call the answer when it has not. */
  lookingUp(address: string): () => void {
    const change = (by: 1 | -1) => {
      const under = (this.#underWay.get(address) ?? 0) + by;
      if (under > 0) this.#underWay.set(address, under);
      else this.#underWay.delete(address);
    };
    change(1);
    return () => change(-1);
  }

  /** What is being looked up decides whether the address is blocked: with one more it might go past its limit. */
  isUndecided(address: string, now: number): boolean {
    const under = this.#underWay.get(address) ?? 0;
    if (under === 0 || this.blocked(address, now) !== undefined) return false;
    return under + countOf(this.#failures.get(address), now) >= FAILURES_PER_MINUTE;
  }

  /** Counts an attempt. Seconds to wait where the address had its ten this minute; undefined: go on. */
  loginAttempt(address: string, now: number): number | undefined {
    const wait = over(this.#logins.get(address), LOGINS_PER_MINUTE, now);
    if (wait === undefined) add(this.#logins, address, now);
    return wait;
  }
}

function add(tallies: BoundedMap<string, Tally>, address: string, now: number): void {
  const tally = tallies.get(address);
  const running = tally !== undefined && now - tally.since < WINDOW_MS;
  tallies.set(address, running ? { since: tally.since, count: tally.count + 1 } : { since: now, count: 1 });
}

function countOf(tally: Tally | undefined, now: number): number {
  return tally !== undefined && now - tally.since < WINDOW_MS ? tally.count : 0;
}

function over(tally: Tally | undefined, most: number, now: number): number | undefined {
  if (tally === undefined || tally.count < most) return undefined;
  const left = tally.since + WINDOW_MS - now;
  return left > 0 ? Math.ceil(left / 1000) : undefined;
}
