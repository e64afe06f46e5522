/**
 * Outcomes of fills that ended moments ago, for those who ask just too late to have waited. In memory, bounded in
 * number and bytes, and dropped by the clock even when nobody asks.
 */
import type { Clock } from "./clock.ts";
import type { FillOutcome } from "./protocol.ts";

const REMEMBER_MS = 2_000;
/** A failure may mend at any moment. */
const REMEMBER_FAILED_MS = 1_000;
const MAX_OUTCOMES = 2_000;
export const MAX_BYTES = 6 * 1024 * 1024;
/** What an entry weighs besides its reply's body and headers: roughly its key and objects. */
const ENTRY_BYTES = 512;

interface Remembered {
  readonly outcome: FillOutcome;
  readonly finishedAt: number;
  readonly until: number;
  readonly bytes: number;
}

export class FinishedFills {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Remembered>();
  #bytes = 0;
  #sweeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps the outcome for a moment. Its end counts from the leader's clock or ours, whichever is earlier. */
  remember(fillKey: string, outcome: FillOutcome): void {
    const now = this.#clock.now();
    const bytes = weigh(outcome);
    this.#forget(fillKey);
    if (bytes > MAX_BYTES) return;
    const until = now + (outcome.kind === "failed" ? REMEMBER_FAILED_MS : REMEMBER_MS);
    this.#byKey.set(fillKey, { outcome, finishedAt: Math.min(outcome.finishedAt, now), until, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#byKey.keys()) {
      if (this.#bytes <= MAX_BYTES && this.#byKey.size <= MAX_OUTCOMES) break;
      this.#forget(oldest);
    }
    if (!this.#sweeping) this.#sweepSoon();
  }

  /** An outcome that ended at most `withinMs` ago; 0 accepts none. */
  recall(fillKey: string, withinMs: number): FillOutcome | undefined {
    const known = this.#byKey.get(fillKey);
    const now = this.#clock.now();
    if (known === undefined || known.until <= now || withinMs <= 0) return undefined;
    return now - known.finishedAt <= withinMs ? known.outcome : undefined;
  }

  #dropEnded(): void {
    const now = this.#clock.now();
    for (const [fillKey, known] of this.#byKey) if (known.until <= now) this.#forget(fillKey);
    this.#sweeping = false;
    if (this.#byKey.size > 0) this.#sweepSoon();
  }

  #sweepSoon(): void {
    this.#sweeping = true;
    this.#clock.after(REMEMBER_MS, () => this.#dropEnded());
  }

  #forget(fillKey: string): void {
    this.#bytes -= this.#byKey.get(fillKey)?.bytes ?? 0;
    this.#byKey.delete(fillKey);
  }
}

function weigh(outcome: FillOutcome): number {
  if (outcome.kind === "failed" || outcome.reply === undefined) return ENTRY_BYTES;
  const { headers, body } = outcome.reply;
  return ENTRY_BYTES + body.byteLength + 2 * Object.entries(headers).flat().join("").length;
}
