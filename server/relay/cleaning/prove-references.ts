/**
 * Are the repositories that an answer refers to public? Asked before what belongs to them may stay. The names come from a
 * credential's answer and may be secret: of one that is not public nothing is written anywhere, and nobody's hour of
 * negative proofs pays for it.
 */
import { createHash } from "node:crypto";
import type { BeginTurn, FillOutcome } from "../../coordinator/protocol.ts";
import type { Deps } from "../../deps.ts";
import { findProof, saveProof, type ProofRow } from "../../store/visibility.ts";
import { askIfPublic } from "../ask-if-public.ts";
import type { Job } from "../stages.ts";

/** Questions that one fill may cost beside its own. What is left unasked counts as private. */
export const MAX_REFERENCE_QUESTIONS = 8;
const WAIT_MS = 5_000;
const REUSE_MS = 2_000;
const BUDGET = { callerId: "visibility", maxConcurrent: 10_000, fillsPerHour: 1_000_000_000 };
/** GitHub's own alphabet: anything else is no repository, and no path to ask. */
const NAME = /^([a-z0-9-]{1,39})\/([a-z0-9._-]{1,100})$/;

export interface Proved {
  readonly isPublic: ReadonlySet<string>;
  readonly quotaUnits: number;
}

interface Verdict {
  readonly isPublic: boolean;
  readonly quotaUnits: number;
}

/** @param names `owner/repo`, lower-cased. */
export async function provePublic(
  names: readonly string[],
  job: Pick<Job, "pool">,
  deadlineAt: number,
  deps: Deps,
): Promise<Proved> {
  const isPublic = new Set<string>();
  let quotaUnits = 0;
  const open = names.filter((name) => {
    const known = inMemory(name, deps);
    if (known === true) isPublic.add(name);
    return known === undefined && NAME.test(name);
  });
  const asked = open.slice(0, MAX_REFERENCE_QUESTIONS);
  const verdicts = await Promise.all(asked.map((name) => prove(name, job, deadlineAt, deps)));
  for (const [index, verdict] of verdicts.entries()) {
    const name = asked[index];
    quotaUnits += verdict.quotaUnits;
    if (verdict.isPublic && name !== undefined) isPublic.add(name);
  }
  return { isPublic, quotaUnits };
}

/** Those this isolate knows to be public, at no cost. */
export function knownPublic(names: readonly string[], deps: Deps): ReadonlySet<string> {
  return new Set(names.filter((name) => inMemory(name, deps) === true));
}

function inMemory(name: string, deps: Deps): boolean | undefined {
  const now = deps.now();
  const proof = deps.isolate.proofs.get(name);
  if (proof !== undefined && proof.until > now) return proof.isPublic;
  const hiddenUntil = deps.isolate.hiddenReferences.get(name);
  return hiddenUntil !== undefined && hiddenUntil > now ? false : undefined;
}

async function prove(name: string, job: Pick<Job, "pool">, deadlineAt: number, deps: Deps): Promise<Verdict> {
  const [, owner = "", repo = ""] = NAME.exec(name) ?? [];
  const stored = await findProof(deps.db, owner, repo).catch(() => undefined); // D1 is down: then GitHub is asked
  if (stored !== undefined && stored.expiresAt > deps.now()) return { isPublic: stored.public, quotaUnits: 0 };
  // What was public before may have ended since: only a question that begins now tells.
  const reuseMs = stored === undefined ? REUSE_MS : 0;
  return askTogether({ name, owner, repo, reuseMs }, job, deadlineAt, deps);
}

/** One question at a time over the whole pool; alone where the coordinator cannot be reached. */
async function askTogether(
  about: { readonly name: string; readonly owner: string; readonly repo: string; readonly reuseMs: number },
  { pool }: Pick<Job, "pool">,
  deadlineAt: number,
  deps: Deps,
): Promise<Verdict> {
  const { name, owner, repo } = about;
  const coordinator = deps.coordinator(pool.id);
  const fillKey = `reference:${digest(name)}`;
  const turn = await coordinator
    .begin({
      fillKey,
      routeKey: REFERENCE_PROOF,
      resource: "core",
      budget: BUDGET,
      candidates: [],
      acceptFinishedMs: about.reuseMs,
      waitMs: Math.min(WAIT_MS, Math.max(0, deadlineAt - deps.now())),
      shared: true,
    })
    .catch(() => undefined); // unreachable: a question of one's own is better than no answer
  if (turn?.kind === "follow") return { isPublic: followed(turn), quotaUnits: 0 };
  const checkedAt = deps.now();
  const ask = { path: `/repos/${name}`, pool, stored: undefined, deadlineAt, routeKey: REFERENCE_PROOF };
  const answer = await askIfPublic(ask, deps);
  const isPublic = answer.kind === "public";
  if (turn?.kind === "lead") {
    const outcome = outcomeOf(isPublic, deps.now());
    const end = { fillKey, lease: turn.lease, callerId: BUDGET.callerId, outcome, attempts: [] };
    deps.background(coordinator.finish(end));
  }
  if (answer.kind === "unknown") return { isPublic: false, quotaUnits: 0 };
  if (answer.kind === "public") {
    const { repositoryId, fullName, etag, askedBy } = answer;
    const expiresAt = deps.now() + deps.config.publicRepoTtlMs;
    keep({ owner, repo, public: true, repositoryId, fullName, etag, askedBy, checkedAt, expiresAt }, deps);
  } else deps.isolate.hiddenReferences.set(name, deps.now() + deps.config.publicRepoNegativeTtlMs);
  return { isPublic, quotaUnits: answer.quotaUnits };
}

const REFERENCE_PROOF = "reference proof";

/** Only of what is public: the name of anything else stays in memory. */
function keep(row: ProofRow, deps: Deps): void {
  deps.isolate.proofs.set(`${row.owner}/${row.repo}`, {
    isPublic: true,
    expiresAt: row.expiresAt,
    until: Math.min(row.expiresAt, deps.now() + deps.config.configTtlMs),
    checkedAt: row.checkedAt,
    repositoryId: row.repositoryId ?? undefined,
    fullName: row.fullName ?? undefined,
  });
  deps.background(saveProof(deps.db, row));
}

function outcomeOf(isPublic: boolean, finishedAt: number): FillOutcome {
  const reply = { status: 200, headers: {}, encoding: "text" as const, body: new Uint8Array(0), meta: { isPublic } };
  return { kind: "shared", reply, finishedAt };
}

/** Written by `outcomeOf` above, in another request of the same deployment. */
function followed({ outcome }: Extract<BeginTurn, { kind: "follow" }>): boolean {
  return outcome.kind !== "failed" && outcome.reply?.meta["isPublic"] === true;
}

/** The coordinator tells the names of what is being filled: this one must not be told. */
function digest(name: string): string {
  return createHash("sha256").update(name).digest("base64url");
}
