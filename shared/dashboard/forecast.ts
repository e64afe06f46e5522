/**
 * When a budget runs out, as a range: the coordinator's readings know how fast it is spent of late (an exponential
 * average) and how fast since its window began. The truth is somewhere about the two. Pure.
 */

export interface Reading {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Epoch ms. */
  readonly resetAt: number;
  /** Of late; units per second. */
  readonly burnPerSecond: number;
  /** How long a window of this resource lasts. */
  readonly windowMs: number;
}

export interface Forecast {
  /** Units per minute: the slower and the faster guess. */
  readonly burnFrom: number;
  readonly burnTo: number;
  /** When it is empty at the faster guess; null: its reset comes first. */
  readonly emptyFrom: number | null;
  /** When it is empty at the slower guess; null: its reset comes first. */
  readonly emptyTo: number | null;
  /** Units spent before the reset at the faster guess: the striped part of a gauge. */
  readonly goes: number;
}

/** How far either guess may be off: bursts come and go. */
const MARGIN = 0.15;
/** Below this an average says nothing: some other program asked once. */
const STILL_PER_SECOND = 1 / 600;

export function forecast(reading: Reading, now: number): Forecast {
  const { remaining, resetAt } = reading;
  const leftMs = resetAt - now;
  if (leftMs <= 0) return { burnFrom: 0, burnTo: 0, emptyFrom: null, emptyTo: null, goes: 0 };
  const { slow, fast } = burnRange(reading, now);
  const emptyAt = (perSecond: number) => {
    if (remaining <= 0) return now;
    if (perSecond <= 0) return null;
    const at = now + (remaining / perSecond) * 1_000;
    return at < resetAt ? at : null;
  };
  return {
    burnFrom: slow * 60,
    burnTo: fast * 60,
    emptyFrom: emptyAt(fast),
    emptyTo: emptyAt(slow),
    goes: Math.min(remaining, (fast * leftMs) / 1_000),
  };
}

/** Units per second. One that stands still of late is not made to run by what was spent before. */
export function burnRange(reading: Reading, now: number): { readonly slow: number; readonly fast: number } {
  const late = reading.burnPerSecond;
  if (late < STILL_PER_SECOND) return { slow: 0, fast: 0 };
  const elapsedMs = reading.windowMs - (reading.resetAt - now);
  // In a window's first minutes its average says nothing yet.
  const whole = elapsedMs > 5 * 60_000 ? (reading.used / elapsedMs) * 1_000 : late;
  return { slow: Math.min(late, whole) * (1 - MARGIN), fast: Math.max(late, whole) * (1 + MARGIN) };
}

export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
}

/** What one more identity usually brings within an hour. */
const USUAL_LIMIT = 5_000;

/**
 * When a pool of budgets is spent altogether at this rate, within the next hour; null: not. What ends first is spent
 * first, as the coordinator does it, and each budget is whole again at its reset.
 */
export function poolEmptyAt(budgets: readonly Budget[], perSecond: number, now: number): number | null {
  const horizon = now + 3_600_000;
  if (perSecond <= 0) return budgets.some(({ remaining }) => remaining > 0) ? null : now;
  const left = budgets
    .map(({ limit, remaining, resetAt }) => ({ limit, remaining, resetAt }))
    .sort((one, other) => one.resetAt - other.resetAt);
  let at = now;
  for (const turn of [...left.map(({ resetAt }) => resetAt).filter((reset) => reset < horizon), horizon]) {
    let needed = (perSecond * (turn - at)) / 1_000;
    for (const budget of left) {
      const spent = Math.min(needed, budget.remaining);
      budget.remaining -= spent;
      needed -= spent;
    }
    if (needed > 0) return turn - (needed / perSecond) * 1_000;
    at = turn;
    for (const budget of left)
      if (budget.resetAt === turn) Object.assign(budget, { remaining: budget.limit, resetAt: horizon + 1 });
    left.sort((one, other) => one.resetAt - other.resetAt);
  }
  return null;
}

/** How many identities of a usual limit would have to join for the pool to last an hour. At most 99. */
export function identitiesShort(budgets: readonly Budget[], perSecond: number, now: number): number {
  for (let more = 0; more < 99; more += 1) {
    const joined = Array.from({ length: more }, () => ({
      limit: USUAL_LIMIT,
      remaining: USUAL_LIMIT,
      resetAt: now + 3_600_000,
    }));
    if (poolEmptyAt([...budgets, ...joined], perSecond, now) === null) return more;
  }
  return 99;
}
