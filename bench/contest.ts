/** Contenders take turns, so that whatever else the machine does hits all of them alike. */
import type { Timed } from "./connection.ts";
import { runLoad, type Measured } from "./load.ts";
import { median } from "./statistics.ts";

export interface Contender {
  readonly next: () => Buffer | undefined;
  readonly check: (reply: Timed) => void;
}

export interface Standing {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly rounds: readonly Measured[];
}

export const CONNECTIONS = 32;
const ROUNDS = 3;
const WARM_UP_MS = 300;
const ROUND_MS = 2_000;

/** Each contender in each of three rounds; its standing is the median. */
export async function contest<Name extends string>(
  port: number,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Readonly<Record<Name, Standing>>> {
  const names = Object.keys(contenders) as Name[];
  const rounds = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const load = { port, connections: CONNECTIONS, ...contenders[name] };
      await runLoad({ ...load, forMs: WARM_UP_MS });
      rounds.get(name)?.push(await runLoad({ ...load, forMs: ROUND_MS }));
    }
  }
  const standing = (measured: readonly Measured[]): Standing => ({
    perSecond: median(measured.map((each) => each.perSecond)),
    p99Ms: median(measured.map((each) => each.p99Ms)),
    rounds: measured,
  });
  return Object.fromEntries(names.map((name) => [name, standing(rounds.get(name) ?? [])])) as Record<Name, Standing>;
}

/** The median of the rounds' own ratios: the two were measured side by side. */
export function ratio(ours: Standing, other: Standing, of: "perSecond" | "p99Ms" = "perSecond"): number {
  return median(ours.rounds.map((round, index) => round[of] / (other.rounds[index]?.[of] ?? Number.NaN)));
}
