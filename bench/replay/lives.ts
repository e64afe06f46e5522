/** Pulls and issues come and go: each place is taken by one until it ends, and after a while by the next. */
import { PLAYED_FROM, PLAYED_UNTIL } from "./day.ts";
import type { SeededRandom } from "../../scripts/seeded-random.ts";

/** From its opening, or from before the first hour, until it is merged or closed. */
export interface Life {
  readonly number: number;
  readonly from: number;
  readonly until: number;
}

export interface Turnover {
  /** How many are open at most. */
  readonly places: number;
  readonly meanMs: number;
  /** Between an end and the next that is opened. */
  readonly meanGapMs: number;
  /** Of those that are there at first; later ones count from `laterNumber`. */
  readonly firstNumber: number;
  readonly laterNumber: number;
}

export function planLives({ places, meanMs, meanGapMs, ...numbers }: Turnover, random: SeededRandom): readonly Life[] {
  const spans = Array.from({ length: places }, () => {
    const taken: { from: number; until: number }[] = [];
    for (let from = -Infinity; from < PLAYED_UNTIL; from = (taken.at(-1)?.until ?? 0) + random.wait(meanGapMs)) {
      const until = Math.max(from, PLAYED_FROM) + random.wait(meanMs);
      taken.push({ from: Math.round(from), until: Math.round(until) });
    }
    return taken;
  }).flat();
  const byAge = spans.toSorted((left, right) => (left.from === right.from ? 0 : left.from - right.from));
  const first = byAge.filter(({ from }) => from < PLAYED_FROM).length;
  const numberOf = (index: number) =>
    index < first ? numbers.firstNumber + index : numbers.laterNumber + index - first;
  return byAge.map((span, index) => ({ ...span, number: numberOf(index) }));
}

export function openAt(lives: readonly Life[], at: number): readonly Life[] {
  return lives.filter(({ from, until }) => from <= at && at < until);
}
