/**
 * Who may have GitHub asked about a repository that may turn out not to be public. Whether it will is known only
 * afterwards, so a caller has the unit of the next such answer in hand before the question, and it is spent by the
 * answer: questions that find public repositories cost nothing, and with the hour's units gone none is asked.
 */
import { BoundedMap } from "../bounded-map.ts";
import type { NegativeProofBudget } from "./protocol.ts";

/** As the buckets themselves; whoever is forgotten here takes a unit anew. */
const CALLERS = 10_000;

export class NegativeProofs {
  readonly #take: (callerId: string, perHour: number) => boolean;
  readonly #inHand = new BoundedMap<string, true>(CALLERS);

  /** `take` takes a unit out of the caller's hour; false: there is none. */
  constructor(take: (callerId: string, perHour: number) => boolean) {
    this.#take = take;
  }

  mayAsk({ callerId, perHour }: NegativeProofBudget): boolean {
    if (this.#inHand.get(callerId) === undefined && !this.#take(callerId, perHour)) return false;
    this.#inHand.set(callerId, true);
    return true;
  }

  /** A question was answered: not public. False: there was no unit left to pay with. */
  spend({ callerId, perHour }: NegativeProofBudget): boolean {
    if (this.#inHand.get(callerId) === undefined) return this.#take(callerId, perHour);
    this.#inHand.delete(callerId);
    return true;
  }
}
