/**
 * Who is looking at the edge for a key that this isolate knows nothing of. Those who come for it meanwhile wait for what
 * comes of the look, by timers of their own: of a burst on a cold key one looks, and not each of a hundred.
 */
import { BoundedMap } from "../bounded-map.ts";

const KEYS = 5_000;
/** In steps that double: the edge answers in a few milliseconds, and one that does not is worth no longer wait. */
const WAIT_STEP_MS = 2;
const WAIT_MS = 30;

export class EdgeLooks {
  readonly #waitMs: number;
  /** When the look began, epoch ms. One whose request was broken off ends with its time. */
  readonly #looking = new BoundedMap<string, number>(KEYS);
  /** Keys with a copy at the edge: a look there is worth its while, and waits for nobody. */
  readonly #found = new BoundedMap<string, true>(KEYS);

  /** @param waitMs how long anybody waits for another's look, at most. */
  constructor(waitMs = WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** A copy was put there. */
  kept(cacheKey: string): true {
    this.#found.set(cacheKey, true);
    return true;
  }

  /** Looks, and lets others wait for it. */
  async look<T>(cacheKey: string, find: () => Promise<T | undefined>, now: () => number): Promise<T | undefined> {
    const isFirst = !this.#isLooking(cacheKey, now());
    if (isFirst) this.#looking.set(cacheKey, now());
    try {
      const found = await find();
      if (found === undefined) this.#found.delete(cacheKey);
      else this.kept(cacheKey);
      return found;
    } finally {
      if (isFirst) this.#looking.delete(cacheKey);
    }
  }

  /** True once another's look has ended, or took too long; false at once where nobody looks. */
  async waited(cacheKey: string, now: () => number): Promise<boolean> {
    if (this.#found.get(cacheKey) === true || !this.#isLooking(cacheKey, now())) return false;
    for (let step = WAIT_STEP_MS; step < this.#waitMs && this.#isLooking(cacheKey, now()); step *= 2)
      await scheduler.wait(step);
    return true;
  }

  #isLooking(cacheKey: string, now: number): boolean {
    const began = this.#looking.get(cacheKey);
    return began !== undefined && now - began < this.#waitMs;
  }
}
