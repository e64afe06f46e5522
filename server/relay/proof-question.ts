/** The question whether a repository is public: one at a time over the whole pool, at its caller's expense. */
import { RelayError } from "../../shared/errors.ts";
import type { BeginTurn, FillOutcome, ProofReport } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { askIfPublic, type VisibilityAnswer, type VisibilityAsk } from "./ask-if-public.ts";
import type { Caller, Pool } from "./stages.ts";

/** A fill lease outlives any one question; followers wait at most this long. */
const PROOF_WAIT_MS = 8_000;
const REUSE_MS = 2_000;
/** Proofs are the relay's own questions: no caller's budget of fills pays for them. */
const PROOF_BUDGET = { callerId: "visibility", maxConcurrent: 10_000, fillsPerHour: 1_000_000_000 };

export interface ProofQuestion extends VisibilityAsk {
  readonly pool: Pool;
  /** Whose hour of negative proofs pays, should it be one. */
  readonly caller: Pick<Caller, "id">;
  /** Nothing was proven of it before: there is no proof whose end an answer of a moment ago would put off. */
  readonly isFirst: boolean;
}

export interface Asked {
  readonly answer: VisibilityAnswer;
  /** Before the question: what ended a proof since then is not undone by its answer. */
  readonly askedAt: number;
}

/**
 * Alone where the coordinator cannot be reached.
 * @throws RelayError relay_overloaded: the caller has spent the hour's negative proofs, and this may be another.
 */
export async function askOnce(question: ProofQuestion, deps: Deps): Promise<Asked> {
  const { path, pool, stored, caller, deadlineAt } = question;
  const budget = { callerId: caller.id, perHour: pool.policy.negative_proofs_per_hour_per_caller };
  // What was public a while ago mostly still is: only a guess is paid for beforehand.
  const isPaid = stored?.public !== true;
  const fillKey = `proof:${path.replace("/repos/", "")}`;
  const turn = await deps
    .coordinator(pool.id)
    .begin({
      fillKey,
      routeKey: fillKey,
      resource: "core",
      budget: PROOF_BUDGET,
      candidates: [],
      acceptFinishedMs: question.isFirst ? REUSE_MS : 0,
      waitMs: Math.min(PROOF_WAIT_MS, Math.max(0, deadlineAt - deps.now())),
      shared: true,
      ...(isPaid ? { negativeProofs: budget } : {}),
    })
    .catch(() => undefined); // unreachable: a question of one's own is better than no answer
  if (turn?.kind === "overloaded") throw new RelayError("relay_overloaded");
  if (turn?.kind === "follow") return fromOutcome(turn.outcome);
  const askedAt = deps.now();
  const answer = await askIfPublic(question, deps);
  if (turn?.kind === "lead") {
    const proof = { budget, isPaid, isNegative: answer.kind === "hidden" };
    tell({ fillKey, turn, proof, asked: { answer, askedAt } }, pool.id, deps);
  }
  return { answer, askedAt };
}

interface Told {
  readonly fillKey: string;
  readonly turn: Extract<BeginTurn, { kind: "lead" }>;
  readonly proof: ProofReport;
  readonly asked: Asked;
}

function tell({ fillKey, turn, proof, asked }: Told, poolId: string, deps: Deps): void {
  const meta = { ...asked.answer, askedAt: asked.askedAt };
  const reply = { status: 200, headers: {}, encoding: "text" as const, body: new Uint8Array(0), meta };
  const finishedAt = deps.now();
  const outcome: FillOutcome =
    asked.answer.kind === "unknown"
      ? { kind: "failed", code: "repo_public_check_failed", finishedAt }
      : { kind: "shared", reply, finishedAt };
  const { callerId } = PROOF_BUDGET;
  deps.background(
    deps.coordinator(poolId).finish({ fillKey, lease: turn.lease, callerId, outcome, attempts: [], proof }),
  );
}

/** Written by `tell` above, in another request of the same deployment. The leader paid. */
function fromOutcome(outcome: FillOutcome): Asked {
  const meta = outcome.kind === "failed" ? undefined : outcome.reply?.meta;
  if (meta === undefined) return { answer: { kind: "unknown" }, askedAt: 0 };
  const { askedAt, ...answer } = meta as unknown as VisibilityAnswer & { readonly askedAt: number };
  return { answer: answer.kind === "unknown" ? answer : { ...answer, quotaUnits: 0 }, askedAt };
}
