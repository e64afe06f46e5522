/**
 * Who may have GitHub asked about a repository that may turn out not to be public. Whether it will is known only
 * afterwards, so each question takes a unit of its caller's hour before it is asked, and gives it back where the
 * repository was public, or GitHub did not say. A question whose report never comes has spent its unit.
 */
import type { BeginTurn, NegativeProofBudget, ProofReport } from "./protocol.ts";

/** A caller's hourly units; see budgets.ts. */
export interface NegativeProofUnits {
  takeNegativeProof(callerId: string, perHour: number): boolean;
  giveBackNegativeProof(callerId: string, perHour: number): void;
}

const HOUR_MS = 3_600_000;

export class NegativeProofs {
  readonly #units: NegativeProofUnits;

  constructor(units: NegativeProofUnits) {
    this.#units = units;
  }

  /** Lets the question through `begin` where a unit is there; who follows another's question pays nothing. */
  async admit(
    budget: NegativeProofBudget | undefined,
    now: number,
    begin: () => Promise<BeginTurn>,
  ): Promise<BeginTurn> {
    if (budget === undefined) return begin();
    const { callerId, perHour } = budget;
    if (!this.#units.takeNegativeProof(callerId, perHour)) {
      const retryAt = now + Math.ceil(HOUR_MS / Math.max(1, perHour));
      return { kind: "overloaded", reason: "negative_proofs_per_hour", retryAt };
    }
    const turn = await begin();
    if (turn.kind !== "lead") this.#units.giveBackNegativeProof(callerId, perHour);
    return turn;
  }

  /** What the leader found. A repository that was public a while ago was asked about without a unit in hand. */
  settle({ budget: { callerId, perHour }, isPaid, isNegative }: ProofReport): void {
    if (isPaid && !isNegative) this.#units.giveBackNegativeProof(callerId, perHour);
    if (!isPaid && isNegative) this.#units.takeNegativeProof(callerId, perHour);
  }
}
