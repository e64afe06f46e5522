/**
 * Refuses unless the repository is proven public. A stored body is only as public as its repository is now, so hits
 * pass here too. `unknown` refuses: from outside, a repository that has just gone private looks like an outage.
 */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { VisibilityAnswer } from "./ask-if-public.ts";
import type { ProofMemo } from "../isolate.ts";
import { saveProof, type ProofRow } from "../store/visibility.ts";
import { forgetRepository } from "./forget.ts";
import { closedOwner } from "./policy-rules.ts";
import { findProofAtEdge, keepProofAtEdge, type Known, type Place } from "./proof-edge.ts";
import { askOnce } from "./proof-question.ts";
import type { Job } from "./stages.ts";
import type { Course } from "./trail.ts";
import { MARK } from "./trail-marks.ts";
import { proofInMemory } from "./visibility-memo.ts";

export interface Proven {
  /** Quota units the question cost; 0 where a proof was at hand or GitHub answered 304 to a credential. */
  readonly quotaUnits: number;
  readonly proof: ProofMemo | undefined;
  /** `memory`: it was at hand, here or in D1. `reply`: GitHub's own answer to the question is the proof. */
  readonly how: "unneeded" | "memory" | "edge" | "reply" | "asked";
}

/** A refusal whose question was charged: it counts like any other read. */
export class ProofRefused extends RelayError {
  readonly quotaUnits: number;

  constructor(code: RelayError["code"], quotaUnits: number) {
    super(code);
    this.quotaUnits = quotaUnits;
  }
}

const UNNEEDED: Proven = { quotaUnits: 0, proof: undefined, how: "unneeded" };

/**
 * @throws RelayError repo_not_public, repo_public_check_failed, owner_denied, and relay_overloaded where the caller has
 * spent the hour's negative proofs and this may be another. @param known what D1 said, of any age.
 */
export async function proveVisible(job: Job, known: Known, deadlineAt: number, deps: Deps): Promise<Proven> {
  const { repository } = job;
  if (repository === undefined) return UNNEEDED;
  const { proof: stored, epoch } = known;
  const memo = proofInMemory(repository, deps) ?? remember(stored, deps);
  if (memo !== undefined) return accept(memo, job);
  const place = placeOf(job);
  const nearby = remember(await findProofAtEdge(place, known, deps), deps);
  if (nearby !== undefined) return { ...accept(nearby, job), how: "edge" };
  const path = `/repos/${repository.owner}/${repository.repo}`;
  const { caller, pool } = job;
  const { answer: asked, askedAt } = await askOnce(
    { path, caller, pool, stored, isFirst: stored === undefined, deadlineAt },
    deps,
  );
  if (asked.kind === "unknown") throw new RelayError("repo_public_check_failed");
  const row = toRow(repository, asked, askedAt, deps);
  const fresh = remember(row, deps);
  deps.background(saveProof(deps.db, row));
  deps.background(keepProofAtEdge(place, { proof: row, epoch }, deps));
  if (fresh === undefined) throw new RelayError("repo_public_check_failed");
  if (asked.kind === "hidden") deps.background(forgetRepository(job.pool.id, repository, deps));
  try {
    return { ...accept(fresh, job), quotaUnits: asked.quotaUnits, how: "asked" };
  } catch (error) {
    throw error instanceof RelayError ? new ProofRefused(error.code, asked.quotaUnits) : error;
  }
}

/** From memory, as almost always: no note. */
const NOTES: Readonly<Record<Proven["how"], string | undefined>> = {
  unneeded: undefined,
  memory: undefined,
  edge: "edge",
  reply: "reply",
  asked: "asked",
};

/** Overloaded is whoever has spent the hour's negative proofs. */
function noteOfRefusal(error: unknown): string | undefined {
  if (error instanceof ProofRefused) return "asked";
  return error instanceof RelayError && error.code === "relay_overloaded" ? "negative_proofs_per_hour" : undefined;
}

/**
 * The same with its mark: where the proof was found, or that GitHub was asked, and how long it took.
 * @throws RelayError as proveVisible. @param from epoch ms, where it runs beside other stages.
 */
export async function proveOnTrail(
  job: Job,
  found: Known,
  { trail, deadlineAt }: Course,
  deps: Deps,
  from?: number,
): Promise<Proven> {
  const mark = (note: string | undefined) => {
    if (from === undefined) trail.step(MARK.proof, note);
    else trail.span(MARK.proof, from, note);
  };
  try {
    const proven = await proveVisible(job, found, deadlineAt, deps);
    if (proven.how === "memory" && from === undefined) trail.pass(MARK.proof);
    else if (proven.how !== "unneeded") mark(NOTES[proven.how]);
    return proven;
  } catch (error) {
    mark(noteOfRefusal(error));
    throw error;
  }
}

function placeOf({ pool, repository }: Job): Place {
  return { poolId: pool.id, scope: `${repository?.owner}/${repository?.repo}` };
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
export function learnPublic(job: Job, known: Known, askedAt: number, deps: Deps): Proven {
  const { repository } = job;
  if (repository === undefined || job.route.match.owner === undefined) return UNNEEDED;
  const memo = proofInMemory(repository, deps);
  if (memo?.isPublic === true) return { quotaUnits: 0, proof: memo, how: "memory" };
  const { proof: stored, epoch } = known;
  const facts = { repositoryId: stored?.repositoryId ?? null, fullName: stored?.fullName ?? null };
  // The etag that somebody else's question got stays with them: it makes their next one free.
  const asked = stored?.public === true && stored.etag !== null ? stored : { etag: null, askedBy: "anonymous" };
  const answer = { kind: "public", quotaUnits: 0, etag: asked.etag, askedBy: asked.askedBy, ...facts } as const;
  const row = toRow(repository, answer, askedAt, deps);
  deps.background(saveProof(deps.db, row));
  deps.background(keepProofAtEdge(placeOf(job), { proof: row, epoch }, deps));
  return { quotaUnits: 0, proof: remember(row, deps), how: "reply" };
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
  const closed = owner === job.repository?.owner ? undefined : closedOwner(job.pool.policy, owner);
  if (closed !== undefined) throw new RelayError(closed.reason);
  return { quotaUnits: 0, proof: memo, how: "memory" };
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
