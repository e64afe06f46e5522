/** Cron for one machine: at minute 17 of every hour (UTC), as Cloudflare's does by wrangler.jsonc. */

const HOUR_MS = 3_600_000;
const MINUTE_17_MS = 17 * 60_000;

/** Milliseconds from `now` to the next minute 17; a whole hour at minute 17 itself. */
export function untilNextRun(now: number): number {
  return HOUR_MS - ((((now - MINUTE_17_MS) % HOUR_MS) + HOUR_MS) % HOUR_MS);
}

export interface HourlyOptions {
  readonly run: () => Promise<void>;
  /** A run that failed; the next one comes all the same. */
  readonly failed: (error: unknown) => void;
  readonly now?: () => number;
  /** Replaced in tests. Returns what cancels it. */
  readonly after?: (ms: number, then: () => void) => () => void;
}

/** Never two runs at a time: one that takes longer than an hour skips the next. Returns what ends it. */
export function everyHour({ run, failed, now = Date.now, after = realTimer }: HourlyOptions): () => void {
  let isRunning = false;
  let cancel = plan();
  function plan(): () => void {
    return after(untilNextRun(now()), () => {
      cancel = plan();
      if (isRunning) return;
      isRunning = true;
      void run()
        .catch(failed)
        .finally(() => (isRunning = false));
    });
  }
  return () => cancel();
}

function realTimer(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}
