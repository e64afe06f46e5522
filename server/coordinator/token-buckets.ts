/**
 * Hourly budgets that refill evenly, one for each key. In memory: a restart of the object fills them all, which costs
 * at most one hour's budget once.
 */
const HOUR_MS = 3_600_000;
/** Callers of a pool number far fewer; beyond this the one untouched longest is forgotten, that is, full again. */
const MAX_BUCKETS = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export type Taken = { readonly kind: "taken" } | { readonly kind: "spent"; readonly retryAt: number };

export class TokenBuckets {
  /** Touched longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one unit of `perHour`; where none is left, says when the next one is there. */
  take(key: string, perHour: number, now: number): Taken {
    if (perHour <= 0) return { kind: "spent", retryAt: now + HOUR_MS };
    const tokens = this.#filled(key, perHour, now);
    if (tokens < 1) {
      this.#put(key, { tokens, at: now });
      return { kind: "spent", retryAt: now + Math.ceil(((1 - tokens) * HOUR_MS) / perHour) };
    }
    this.#put(key, { tokens: tokens - 1, at: now });
    return { kind: "taken" };
  }

  /** Takes one unit whether or not it is there; the bucket goes no lower than empty. */
  takeAnyway(key: string, perHour: number, now: number): void {
    this.#put(key, { tokens: Math.max(0, this.#filled(key, perHour, now) - 1), at: now });
  }

  /** A unit that was taken and not needed; the bucket holds no more than its hour. */
  giveBack(key: string, perHour: number, now: number): void {
    this.#put(key, { tokens: Math.min(perHour, this.#filled(key, perHour, now) + 1), at: now });
  }

  #filled(key: string, perHour: number, now: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return perHour;
    return Math.min(perHour, bucket.tokens + (Math.max(0, now - bucket.at) * perHour) / HOUR_MS);
  }

  #put(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= MAX_BUCKETS) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
