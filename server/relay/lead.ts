/** The leader's work: ask GitHub, prove the repository public beside it, and make the answer. */
import type { AttemptReport, BeginTurn } from "../coordinator/protocol.ts";
import { RelayError, type ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { Outcome } from "./attempt.ts";
import { cleanReply } from "./clean-reply.ts";
import { lookInStore, type Found } from "./lookup.ts";
import { heldApart } from "./memory-cache.ts";
import { publish, toEntry, type KeptAt } from "./publish.ts";
import type { CleanReply } from "./reply.ts";
import { rateLimitHeaders, type Reader } from "./sanitize.ts";
import { answerFromEntry, notModified } from "./serve.ts";
import { detailsOf, type Setback } from "./setback.ts";
import type { Answer, AnswerFacts, CacheEntry, Identity, Job } from "./stages.ts";
import { fetchUpstream, type Fetched } from "./upstream.ts";
import type { Course } from "./trail.ts";
import { MARK } from "./trail-marks.ts";
import { isHidden, learnPublic, ProofRefused, type Proven, proveOnTrail } from "./visibility.ts";

export type Led =
  | {
      readonly kind: "done";
      readonly answer: Answer;
      readonly entry: CacheEntry;
      /** Of its scope, as its generations were read. */
      readonly epoch: number;
      readonly proofExpiresAt: number | undefined;
      readonly attempts: readonly AttemptReport[];
      /** Stores it, where it may be stored, and says where it lies. */
      readonly publish: () => Promise<KeptAt>;
    }
  | {
      readonly kind: "failed";
      readonly quotaUnits: number;
      readonly upstreamCalls: number;
      readonly setbacks: readonly Setback[];
      readonly code: ErrorCode;
      readonly details?: Readonly<Record<string, string>>;
      readonly attempts: readonly AttemptReport[];
      /** D1 answered, and has no older copy. */
      readonly noCopy?: boolean;
    };

type Proof =
  | { readonly kind: "proven"; readonly proven: Proven }
  | { readonly kind: "refused"; readonly error: RelayError };

/**
 * Never throws a RelayError: a refusal is an outcome that the followers share. Who came while another looked in D1
 * looks now, with the lease in hand: what is fresh there is everybody's answer.
 */
export async function lead(
  job: Job,
  found: Found,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  course: Course,
  deps: Deps,
): Promise<Led> {
  const looked = found.looked ? found : await lookInStore(job, undefined, course.trail, deps);
  if (found.looked || looked.verdict.kind !== "fresh" || looked.held === undefined) {
    const led = await fetchAndProve(job, looked, turn, course, deps);
    const noCopy = looked.held === undefined && looked.generations !== undefined;
    return led.kind === "failed" ? { ...led, noCopy } : led;
  }
  const proof = await provedOrRefused(job, looked, course, deps);
  if (proof.kind === "refused") return { ...UNASKED, code: proof.error.code, quotaUnits: costOf(proof) };
  const { quotaUnits, proof: memo } = proof.proven;
  return {
    kind: "done",
    answer: answerFromEntry(looked.held, job.ask, { cache: "hit", quotaUnits }, deps.now()),
    entry: looked.held.entry,
    epoch: looked.held.epoch,
    proofExpiresAt: memo?.expiresAt,
    attempts: [],
    publish: async () => "stores",
  };
}

async function provedOrRefused(job: Job, found: Found, course: Course, deps: Deps, from?: number): Promise<Proof> {
  try {
    return { kind: "proven", proven: await proveOnTrail(job, found, course, deps, from) };
  } catch (error) {
    if (error instanceof RelayError) return { kind: "refused", error };
    throw error;
  }
}

async function fetchAndProve(
  job: Job,
  found: Found,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  course: Course,
  deps: Deps,
): Promise<Led> {
  const { trail, deadlineAt } = course;
  const stale = found.held?.entry;
  if (isHidden(job, found.proof, deps)) {
    return { ...UNASKED, code: "repo_not_public" };
  }
  // A token-free 200 proves by itself; what an identity reads waits for a proof, asked for beside the fetch.
  let proving: Promise<Proof> | undefined;
  const prove = () => (proving ??= provedOrRefused(job, found, course, deps, deps.now()));
  let reply: CleanReply | undefined;
  let referenceUnits = 0;
  const acceptable = async (outcome: Outcome, identity: Identity | undefined): Promise<boolean> => {
    if (outcome.kind !== "answered") return true;
    const proof = identity === undefined ? undefined : await prove();
    if (proof?.kind === "refused") return true; // whatever it says, it is served to nobody
    const reading = { reader: readerOf(identity), proven: proof?.proven, deadlineAt };
    const cleaned = await cleanReply(job, outcome, reading, deps);
    trail.step(MARK.clean, cleaned.reply === undefined ? "refused" : undefined);
    referenceUnits += cleaned.quotaUnits;
    reply = cleaned.reply;
    return reply !== undefined;
  };
  const asking = { stale, selection: turn.selection, course, acceptable, beforeIdentity: () => void prove() };
  const asked = await fetchUpstream(job, asking, deps);
  const fetched = { ...asked, quotaUnits: asked.quotaUnits + referenceUnits };
  const proof: Proof = isOwnProof(job, fetched)
    ? { kind: "proven", proven: learnPublic(job, found, fetched.askedAt, deps) }
    : await prove();
  if (proving === undefined && proof.kind === "proven" && proof.proven.how === "reply") trail.step(MARK.proof, "reply");
  const failure = whyRefused(job, fetched, proof);
  if (failure !== undefined) return failedWith(failure, fetched, costOf(proof));
  return done(job, found, turn, fetched, reply, proof.kind === "proven" ? proof.proven : undefined, deps);
}

/**
 * A token-free 200 of the repository's own resource. Where the policy counts owners, a source that follows renames by
 * itself is no proof of whose repository it is now: the API's 301 would have told.
 */
function isOwnProof({ route, pool }: Job, { outcome, source, identity }: Fetched): boolean {
  if (outcome.kind !== "answered" || outcome.status !== 200 || identity !== undefined) return false;
  if (route.match.owner === undefined || outcome.redirectedTo !== undefined) return false;
  // A copy on the way says what was public when it was made.
  if ((outcome.headers.get("age") ?? "0") !== "0") return false;
  return source === "anonymous" || pool.policy.allow_public_repos;
}

/** A refusal has its price too. */
function failedWith(code: ErrorCode, fetched: Fetched, proofUnits: number): Led {
  const { outcome, attempts, setbacks, quotaUnits, upstreamCalls } = fetched;
  // Whose fault it was is told where the read itself failed, and not where the proof did.
  const details = outcome.kind === "failed" && outcome.code === code ? detailsOf(setbacks) : {};
  return { kind: "failed", code, details, attempts, setbacks, upstreamCalls, quotaUnits: quotaUnits + proofUnits };
}

const UNASKED = { kind: "failed", attempts: [], setbacks: [], quotaUnits: 0, upstreamCalls: 0 } as const;

function costOf(proof: Proof): number {
  if (proof.kind === "proven") return proof.proven.quotaUnits;
  return proof.error instanceof ProofRefused ? proof.error.quotaUnits : 0;
}

function readerOf(identity: Identity | undefined): Reader {
  if (identity === undefined) return "anonymous";
  return identity.publicOnly ? "public_only" : "identity";
}

/**
 * A repository that is not public is that, whatever else failed. Where GitHub answered neither question, the reason is
 * the one that decides: of an owner in the policy the read itself, of any other the proof.
 */
function whyRefused(job: Job, fetched: Fetched, proof: Proof): ErrorCode | undefined {
  const failed = fetched.outcome.kind === "failed" ? fetched.outcome.code : undefined;
  if (proof.kind === "proven") return failed ?? movedElsewhere(fetched, proof.proven);
  if (proof.error.code !== "repo_public_check_failed") return proof.error.code;
  return failed !== undefined && job.ownerAllowed ? failed : proof.error.code;
}

/** A redirect's target must be the repository that the proof is about; a proof that names no number proves no target. */
function movedElsewhere(fetched: Fetched, proven: Proven): ErrorCode | undefined {
  const target = fetched.outcome.kind === "answered" ? fetched.outcome.redirectedTo : undefined;
  const known = proven.proof?.repositoryId;
  return target === undefined || known === target ? undefined : "github_redirect_denied";
}

function done(
  job: Job,
  found: Found,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  fetched: Fetched,
  fresh: CleanReply | undefined,
  proven: Proven | undefined,
  deps: Deps,
): Led {
  const identity =
    fetched.identity === undefined ? undefined : { id: fetched.identity.id, kind: fetched.identity.kind };
  const revalidated = fetched.outcome.kind === "unchanged";
  const old = found.held?.entry;
  const reply = revalidated && old !== undefined ? renewed(old, fetched) : fresh;
  if (reply === undefined) return failedWith("github_unavailable", fetched, proven?.quotaUnits ?? 0);
  const { entry, stored } = toEntry(job, reply, {
    identity,
    askedAt: fetched.askedAt,
    generations: found.generations ?? {},
    fence: turn.lease?.fence ?? 0,
    covered: isMoved(job, fetched, proven) ? NO_EVENTS : found.covered,
  });
  // Without generations from D1 a purge could not end it: it is served, and kept by nobody.
  if (job.route.match.route.teaches === "plain-files") deps.isolate.plainFiles.learn(job.cacheKey, reply.json);
  const keeps = stored && found.generations !== undefined && reply.status !== 304;
  const now = deps.now();
  const held = keeps ? deps.isolate.entries.put(entry, found.epoch, now) : { ...heldApart(entry), until: now };
  const facts: Pick<AnswerFacts, "cache"> & Partial<AnswerFacts> = {
    cache: revalidated ? "hit" : stored ? "miss" : "bypass",
    cacheable: stored,
    ...(revalidated ? { revalidated: true } : {}),
    ...(fetched.leaseReason === undefined ? {} : { leaseReason: fetched.leaseReason }),
    ...(fetched.setbacks.length === 0 ? {} : { setbacks: fetched.setbacks }),
    quotaUnits: fetched.quotaUnits + (proven?.quotaUnits ?? 0),
    upstreamCalls: fetched.upstreamCalls,
  };
  const base = answerFromEntry(held, job.ask, facts, now);
  const answer = fetched.outcome.kind === "answered" ? live(base, fetched.outcome) : base;
  return {
    kind: "done",
    answer,
    entry,
    epoch: found.epoch,
    proofExpiresAt: proven?.proof?.expiresAt,
    attempts: fetched.attempts,
    publish: async () => (keeps ? publish(job, entry, found.epoch, revalidated, deps) : "nowhere"),
  };
}

const NO_EVENTS: ReadonlySet<string> = new Set();

/** Asked for by a former name: events speak of the new one, so none would end the answer. */
function isMoved(job: Job, fetched: Fetched, proven: Proven | undefined): boolean {
  if (fetched.outcome.kind === "answered" && fetched.outcome.redirectedTo !== undefined) return true;
  const { repository } = job;
  const name = proven?.proof?.fullName?.toLowerCase();
  return repository !== undefined && name !== undefined && name !== `${repository.owner}/${repository.repo}`;
}

/** A 304 renews the stored reply; headers it brings replace the stored ones, and those it leaves out stay (RFC 9111, section 4.3.4). */
function renewed(old: CacheEntry, fetched: Fetched): CleanReply | undefined {
  if (fetched.outcome.kind !== "unchanged") return undefined;
  const { status, headers, encoding, body, filtered } = old;
  const etag = fetched.outcome.headers.get("etag");
  const json: unknown = encoding === "json" ? JSON.parse(new TextDecoder().decode(body)) : undefined;
  return { status, headers: etag === null ? headers : { ...headers, etag }, encoding, body, json, filtered };
}

/** Only an answer fetched just now carries the quota it left. */
function live(answer: Answer, outcome: Extract<Outcome, { kind: "answered" }>): Answer {
  if (outcome.status === 304)
    return notModified({ ...answer.headers, ...rateLimitHeaders(outcome.headers) }, answer.identity, answer.facts);
  const headers = { ...answer.headers, ...rateLimitHeaders(outcome.headers) };
  return { ...answer, headers, headersJson: JSON.stringify(headers) };
}
