/** One thing that GitHub answers about, as a line of versions in time. */

export type Shape = "pull" | "issue" | "list" | "runs" | "run" | "jobs" | "checks" | "status" | "branch";

export interface Change {
  /** Epoch milliseconds. */
  readonly at: number;
  /** How many of its parts begin (+1) or cease (-1) to move: runs of a list, jobs of a run. */
  readonly moving: number;
  /** What it is from then on; undefined: as before. */
  readonly state?: "open" | "undecided" | "closed" | "merged";
  /** No webhook event tells of it, and GitHub documents none: mergeability that was worked out. */
  readonly untold?: boolean;
}

export class Thing {
  readonly path: string;
  readonly shape: Shape;
  readonly #changes: Change[] = [];

  constructor(path: string, shape: Shape) {
    this.path = path;
    this.shape = shape;
  }

  /** Changes may be told in any order until the first question. */
  change(change: Change): void {
    this.#changes.push(change);
  }

  sort(): void {
    this.#changes.sort((left, right) => left.at - right.at);
  }

  /** How often it had changed by then; 0: it does not exist yet. */
  versionAt(at: number): number {
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The change that made this version (from 1). */
  changeTo(version: number): Change | undefined {
    return this.#changes[version - 1];
  }

  stateAt(at: number): { readonly version: number; readonly moving: number; readonly state: string } {
    const version = this.versionAt(at);
    const past = this.#changes.slice(0, version);
    return {
      version,
      moving: past.reduce((sum, change) => sum + change.moving, 0),
      state: past.findLast((change) => change.state !== undefined)?.state ?? "open",
    };
  }
}
