/** What became of every request of a soak. */

export interface PhaseTally {
  readonly name: string;
  readonly kinds: Map<string, number>;
  longestMs: number;
}

export interface Answered {
  readonly id: string;
  /** In which it began. */
  readonly phase: string;
  /** When its answer was whole, epoch milliseconds. */
  readonly at: number;
}

const KEPT_SENTENCES = 20;

export class Tally {
  readonly phases: PhaseTally[] = [];
  /** Reads that were answered: each owes an audit row. */
  readonly answered: Answered[] = [];
  readonly wrong: string[] = [];
  readonly leaks: string[] = [];
  wrongCount = 0;
  leakCount = 0;

  enter(name: string): void {
    this.phases.push({ name, kinds: new Map(), longestMs: 0 });
  }

  get phase(): PhaseTally {
    const last = this.phases.at(-1);
    if (last === undefined) throw new Error("no phase has begun");
    return last;
  }

  /** `phase`: the one in which the request began. */
  count(phase: PhaseTally, kind: string, ms: number): void {
    phase.kinds.set(kind, (phase.kinds.get(kind) ?? 0) + 1);
    phase.longestMs = Math.max(phase.longestMs, ms);
  }

  addWrong(phase: PhaseTally, sentence: string): void {
    this.wrongCount += 1;
    if (this.wrong.length < KEPT_SENTENCES) this.wrong.push(`${phase.name}: ${sentence}`);
  }

  addLeak(where: string): void {
    this.leakCount += 1;
    if (this.leaks.length < KEPT_SENTENCES) this.leaks.push(where);
  }

  get requests(): number {
    return this.phases.reduce((sum, phase) => sum + requestsOf(phase), 0);
  }

  get longestMs(): number {
    return Math.max(0, ...this.phases.map((phase) => phase.longestMs));
  }

  /** Over all phases, most first. */
  kinds(): readonly (readonly [string, number])[] {
    const sums = new Map<string, number>();
    for (const { kinds } of this.phases)
      for (const [kind, count] of kinds) sums.set(kind, (sums.get(kind) ?? 0) + count);
    return [...sums].toSorted(([, one], [, other]) => other - one);
  }
}

export function requestsOf({ kinds }: PhaseTally): number {
  return [...kinds.values()].reduce((sum, count) => sum + count, 0);
}
