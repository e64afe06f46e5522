/**
 * Refuses unless the repository is proven public. A stored body is only as public as its repository is now, so hits
 * pass here too. `unknown` refuses: from outside, a repository that has just gone private looks like an outage.
 */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { askIfPublic, type VisibilityAnswer } from "./ask-if-public.ts";
import type { ProofMemo } from "../isolate.ts";
import { saveProof, type ProofRow } from "../store/visibility.ts";
import { forgetRepository } from "./forget.ts";
import type { Job } from "./stages.ts";
import { proofInMemory } from "./visibility-memo.ts";

/** A fill lease outlives any one proof question; followers wait at most this long. */
const PROOF_WAIT_MS = 8_000;
const REUSE_MS = 2_000;
/** Proofs are the relay's own questions: no caller's budget pays for them. */
const PROOF_BUDGET = { callerId: "visibility", maxConcurrent: 10_000, fillsPerHour: 1_000_000_000 };

export interface Proven {
  /** Quota units the question cost; 0 where a proof was at hand or GitHub answered 304 to a credential. */
  readonly quotaUnits: number;
  readonly proof: ProofMemo | undefined;
}

/** A refusal whose question was charged: it counts like any other read. */
export class ProofRefused extends RelayError {
  readonly quotaUnits: number;

  constructor(code: RelayError["code"], quotaUnits: number) {
    super(code);
    this.quotaUnits = quotaUnits;
  }
}

const AT_HAND: Proven = { quotaUnits: 0, proof: undefined };

/**
 * @throws RelayError repo_not_public, repo_public_check_failed, owner_denied, and relay_overloaded where the caller has
 * spent the hour's negative proofs and this may be another. @param stored the row of D1, of any age.
 */
export async function proveVisible(
  job: Job,
  stored: ProofRow | undefined,
  deadlineAt: number,
  deps: Deps,
): Promise<Proven> {
  const { repository } = job;
  if (repository === undefined) return AT_HAND;
  const memo = proofInMemory(repository, deps) ?? remember(stored, deps);
  if (memo !== undefined) return accept(memo, job);
  const { answer: asked, askedAt } = await askOnce(job, repository, stored, deadlineAt, deps);
  if (asked.kind === "unknown") throw new RelayError("repo_public_check_failed");
  const row = toRow(repository, asked, askedAt, deps);
  const fresh = remember(row, deps);
  deps.background(saveProof(deps.db, row));
  if (fresh === undefined) throw new RelayError("repo_public_check_failed");
  if (asked.kind === "hidden") deps.background(forgetRepository(job.pool.id, repository, deps));
  try {
    return { ...accept(fresh, job), quotaUnits: asked.quotaUnits };
  } catch (error) {
    throw error instanceof RelayError ? new ProofRefused(error.code, asked.quotaUnits) : error;
  }
}

/** A negative proof is at hand: it answers at once, before any source is asked. */
export function isHidden(job: Job, stored: ProofRow | undefined, deps: Deps): boolean {
  if (job.repository === undefined) return false;
  return (proofInMemory(job.repository, deps) ?? remember(stored, deps))?.isPublic === false;
}

/** @throws RelayError repo_not_public. */
export function refuseHidden(job: Job, stored: ProofRow | undefined, deps: Deps): void {
  if (isHidden(job, stored, deps)) throw new RelayError("repo_not_public");
}

/** A token-free 200 for the repository's own resource is itself proof that it is public now (3-github). */
export function learnPublic(job: Job, stored: ProofRow | undefined, askedAt: number, deps: Deps): Proven {
  const { repository } = job;
  if (repository === undefined || job.route.match.owner === undefined) return AT_HAND;
  const known = proofInMemory(repository, deps);
  if (known?.isPublic === true) return { quotaUnits: 0, proof: known };
  const facts = { repositoryId: stored?.repositoryId ?? null, fullName: stored?.fullName ?? null };
  const answer = { kind: "public", quotaUnits: 0, etag: null, askedBy: "anonymous", ...facts } as const;
  const row = toRow(repository, answer, askedAt, deps);
  deps.background(saveProof(deps.db, row));
  return { quotaUnits: 0, proof: remember(row, deps) };
}

/** The leader of a shared fill proved it a moment ago, until then. A proof of one's own is not overruled. */
export function learnProof(job: Job, provenUntil: number, deps: Deps): void {
  const { repository } = job;
  if (repository === undefined || proofInMemory(repository, deps) !== undefined) return;
  const row = toRow(
    repository,
    { kind: "public", quotaUnits: 0, etag: null, askedBy: "leader", repositoryId: null, fullName: null },
    0,
    deps,
  );
  remember({ ...row, expiresAt: Math.min(row.expiresAt, provenUntil) }, deps);
}

function accept(memo: ProofMemo, job: Job): Proven {
  if (!memo.isPublic) throw new RelayError("repo_not_public");
  const owner = memo.fullName?.split("/")[0]?.toLowerCase();
  // Renamed or moved: the policy is asked about the owner it has now.
  if (owner !== undefined && owner !== job.repository?.owner && !job.pool.policy.allow_public_repos) {
    if (!job.pool.policy.allowed_owners.includes(owner)) throw new RelayError("owner_denied");
  }
  return { quotaUnits: 0, proof: memo };
}

function remember(row: ProofRow | undefined, deps: Deps): ProofMemo | undefined {
  const now = deps.now();
  if (row === undefined || row.expiresAt <= now) return undefined;
  const memo: ProofMemo = {
    isPublic: row.public,
    expiresAt: row.expiresAt,
    until: Math.min(row.expiresAt, now + deps.config.configTtlMs),
    checkedAt: row.checkedAt,
    repositoryId: row.repositoryId ?? undefined,
    fullName: row.fullName ?? undefined,
  };
  deps.isolate.proofs.set(`${row.owner}/${row.repo}`, memo);
  if (memo.repositoryId !== undefined)
    deps.isolate.repositoryNames.set(memo.repositoryId, {
      value: { owner: row.owner, repo: row.repo },
      until: memo.until,
    });
  return memo;
}

interface Asked {
  readonly answer: VisibilityAnswer;
  /** Before the question: what ended a proof since then is not undone by its answer. */
  readonly askedAt: number;
}

/** One question per repository at a time, over the whole pool; alone where the coordinator cannot be reached. */
async function askOnce(
  job: Job,
  repository: NonNullable<Job["repository"]>,
  stored: ProofRow | undefined,
  deadlineAt: number,
  deps: Deps,
): Promise<Asked> {
  const fillKey = `proof:${repository.owner}/${repository.repo}`;
  const coordinator = deps.coordinator(job.pool.id);
  const { caller, pool } = job;
  const negativeProofs = { callerId: caller.id, perHour: pool.policy.negative_proofs_per_hour_per_caller };
  const ask = () =>
    askIfPublic({ path: `/repos/${repository.owner}/${repository.repo}`, pool, stored, deadlineAt }, deps);
  const waitMs = Math.min(PROOF_WAIT_MS, Math.max(0, deadlineAt - deps.now()));
  const turn = await coordinator
    .begin({
      fillKey,
      routeKey: fillKey,
      resource: "core",
      budget: PROOF_BUDGET,
      candidates: [],
      // An answer from before a proof ended must not renew it; of a repository never asked about there is none to end.
      acceptFinishedMs: stored === undefined ? REUSE_MS : 0,
      waitMs,
      shared: true,
      // What was public a while ago mostly still is: only a guess needs the budget. A hit asks nothing, and pays nothing.
      ...(stored?.public === true ? {} : { negativeProofs }),
    })
    .catch(() => undefined); // unreachable: a question of one's own is better than no answer
  if (turn?.kind === "overloaded") throw new RelayError("relay_overloaded");
  if (turn?.kind === "follow" && turn.outcome.kind !== "failed") return readInline(turn.outcome.reply?.meta);
  if (turn?.kind === "follow") return UNKNOWN;
  const askedAt = deps.now();
  const answer = await ask();
  if (answer.kind === "hidden")
    deps.background(coordinator.takeNegativeProof(negativeProofs.callerId, negativeProofs.perHour));
  if (turn?.kind === "lead") {
    const meta = { ...answer, askedAt };
    const finishedAt = deps.now();
    const reply = { status: 200, headers: {}, encoding: "text" as const, body: new Uint8Array(0), meta };
    const outcome =
      answer.kind === "unknown"
        ? ({ kind: "failed", code: "repo_public_check_failed", finishedAt } as const)
        : ({ kind: "shared", reply, finishedAt } as const);
    deps.background(
      coordinator.finish({ fillKey, lease: turn.lease, callerId: PROOF_BUDGET.callerId, outcome, attempts: [] }),
    );
  }
  return { answer, askedAt };
}

const UNKNOWN: Asked = { answer: { kind: "unknown" }, askedAt: 0 };

function readInline(meta: Readonly<Record<string, string | number | boolean | null>> | undefined): Asked {
  // Written by askOnce above, in another request of the same deployment. The leader paid.
  if (meta === undefined) return UNKNOWN;
  const { askedAt, ...answer } = meta as unknown as VisibilityAnswer & { readonly askedAt: number };
  return { answer: answer.kind === "unknown" ? answer : { ...answer, quotaUnits: 0 }, askedAt };
}

function toRow(
  repository: NonNullable<Job["repository"]>,
  answer: Exclude<VisibilityAnswer, { kind: "unknown" }>,
  checkedAt: number,
  deps: Deps,
): ProofRow {
  const now = deps.now();
  const isPublic = answer.kind === "public";
  return {
    ...repository,
    public: isPublic,
    // Of a repository that is not public nothing is kept but the name the caller typed.
    repositoryId: isPublic ? answer.repositoryId : null,
    fullName: isPublic ? answer.fullName : null,
    etag: isPublic ? answer.etag : null,
    askedBy: answer.askedBy,
    checkedAt,
    expiresAt: now + (isPublic ? deps.config.publicRepoTtlMs : deps.config.publicRepoNegativeTtlMs),
  };
}
