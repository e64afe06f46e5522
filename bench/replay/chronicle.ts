/** What happens while a world is made: things change, and events tell of it a moment later. */
import type { SeededRandom } from "../../scripts/seeded-random.ts";
import { Thing, type Change, type Shape } from "./thing.ts";

/** How long after a change its event is delivered. */
const TOLD_AFTER_MS = [500, 2_000] as const;

export interface Told {
  readonly at: number;
  readonly event: string;
  readonly payload: object;
}

export class Chronicle {
  readonly #random: SeededRandom;
  readonly #things = new Map<string, Thing>();
  readonly #told: Told[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The thing of this path changes, or comes into being. */
  touch(path: string, shape: Shape, change: Change): void {
    const thing = this.#things.get(path) ?? new Thing(path, shape);
    this.#things.set(path, thing);
    thing.change({ ...change, at: Math.round(change.at) });
  }

  tell(at: number, event: string, repository: string, payload: object): void {
    const told = Math.round(at + this.#random.between(...TOLD_AFTER_MS));
    const fullName = repository.slice("/repos/".length);
    this.#told.push({ at: told, event, payload: { ...payload, repository: { full_name: fullName } } });
  }

  /** In the order of time. */
  end(): { readonly things: ReadonlyMap<string, Thing>; readonly told: readonly Told[] } {
    for (const thing of this.#things.values()) thing.sort();
    return { things: this.#things, told: this.#told.toSorted((left, right) => left.at - right.at) };
  }
}
