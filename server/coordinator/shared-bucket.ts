/**
 * GitHub counts by user and not by token, and no answer tells whose a token is: two identities of a pool may spend one
 * bucket, each with a reading from before the other's requests. Readings can only show that they do not.
 */
import { isOpen, type Rate, reserveOf, SAME_WINDOW_MS, windowOf } from "./rate.ts";

/** One identity's side of a bucket. */
export interface Share {
  readonly identityId: string;
  readonly rate: Rate | undefined;
  /** Requests that may yet spend it. */
  readonly claims: number;
}

/** Readings of one bucket arrive out of order by no more than the requests under way. */
const OUT_OF_ORDER = 64;

/**
 * True where the bucket of `own`, if another identity of the pool spends it too, may be spent by what is under way with
 * both. Its own reading is then no ground for more than one request at a time, whose answer tells.
 */
export function isDoubtful(own: Share, pool: readonly Share[], now: number): boolean {
  return pool.some((other) => {
    if (other.identityId === own.identityId) return false;
    const latest = laterRead(own.rate, other.rate, now);
    if (latest === undefined || latest.remaining - reserveOf(latest.limit) > own.claims + other.claims) return false;
    return mayBeOne(own.rate, other.rate, now);
  });
}

/** False where two readings cannot be of one bucket. Nothing known of one of them: they may. */
function mayBeOne(a: Rate | undefined, b: Rate | undefined, now: number): boolean {
  if (a === undefined || b === undefined) return true;
  if (a.limit !== b.limit) return false;
  const [earlier, later] = a.resetAt <= b.resetAt ? [a, b] : [b, a];
  if (later.resetAt - earlier.resetAt > SAME_WINDOW_MS) {
    // A bucket's next window opens when its last one has ended.
    const openedAt = later.resetAt - windowOf(later.resource);
    return !isOpen(earlier, now) && openedAt >= earlier.resetAt - SAME_WINDOW_MS;
  }
  const [before, after] = a.readAt <= b.readAt ? [a, b] : [b, a];
  return after.used >= before.used - OUT_OF_ORDER;
}

/** The younger of the readings whose window is open. */
function laterRead(a: Rate | undefined, b: Rate | undefined, now: number): Rate | undefined {
  const openA = a !== undefined && isOpen(a, now) ? a : undefined;
  const openB = b !== undefined && isOpen(b, now) ? b : undefined;
  if (openA === undefined || openB === undefined) return openA ?? openB;
  return openB.readAt > openA.readAt ? openB : openA;
}
