/** One leader per question; followers wait for its outcome. Without a coordinator each fills alone. */
import type {
  AttemptReport,
  BeginTurn,
  FillLease,
  FillOutcome,
  InlineReply,
  Selection,
} from "../coordinator/protocol.ts";
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { lead, type Led } from "./lead.ts";
import { findAtEdge } from "./edge.ts";
import { markFilling } from "./filling.ts";
import { judge } from "./freshness.ts";
import { findStored, type Found } from "./lookup.ts";
import { heldApart } from "./memory-cache.ts";
import { answerFromEntry } from "./serve.ts";
import type { Answer, CacheEntry, Job } from "./stages.ts";
import { learnProof, proveVisible } from "./visibility.ts";

/** An outcome this young answers a new asker without a second look at the stores. */
const REUSE_MS = 2_000;
/** A failure a moment ago answers the stragglers of the same burst, and nobody who comes later. */
const FAILURE_REUSE_MS = 1_000;
/** The leader stores beside its answer: how often, and how long apart, a follower looks for a large body. */
const STORE_TRIES = 20;
const STORE_WAIT_MS = 100;
/** A lease lasts 8 s. */
const RENEW_EVERY_MS = 3_000;
/**
 * Larger bodies are read from the edge or D1 by the followers: each of a hundred gets its own copy out of the
 * coordinator, whose memory ends at 128 MB.
 */
export const MAX_INLINE_BYTES = 512 * 1024;

/** A leader's refusal, with what it cost: the audit row counts that, whatever the caller is answered. */
export class FillRefused extends RelayError {
  readonly quotaUnits: number;
  readonly upstreamCalls: number;

  constructor({ code, details, quotaUnits, upstreamCalls }: Extract<Led, { kind: "failed" }>) {
    super(code, details === undefined ? {} : { details });
    this.quotaUnits = quotaUnits;
    this.upstreamCalls = upstreamCalls;
  }
}

/** @throws RelayError with the reason nobody could answer; the pipeline then looks for a stale copy. */
export async function fill(job: Job, found: Found, deadlineAt: number, deps: Deps): Promise<Answer> {
  const shared = mayShare(job, found);
  const unmark = shared ? markFilling(job.cacheKey, deps.isolate.filling) : undefined;
  try {
    const first = await begin(job, found, shared, deadlineAt, deps);
    const turn = isSpent(first, job, found, deps) ? await begin(job, found, shared, deadlineAt, deps, 0) : first;
    switch (turn.kind) {
      case "lead":
        return await leadOn(job, found, turn, shared, deadlineAt, deps);
      case "follow":
        return await fromOutcome(job, found, turn.outcome, deadlineAt, deps);
      case "overloaded":
        throw new RelayError("relay_overloaded");
      case "timeout":
        throw new RelayError("github_unavailable");
      default:
        return turn satisfies never;
    }
  } finally {
    unmark?.();
  }
}

/** An outcome from before this ask is a stored answer like any other: fresh, and within the caller's bound. */
function isSpent(turn: BeginTurn, job: Job, found: Found, deps: Deps): boolean {
  if (turn.kind !== "follow") return false;
  const isBefore = turn.outcome.finishedAt < job.ask.startedAt;
  if (turn.outcome.kind === "failed") return isBefore && job.ask.startedAt - turn.outcome.finishedAt > FAILURE_REUSE_MS;
  const entry = turn.outcome.reply === undefined ? undefined : fromInline(turn.outcome.reply);
  // Its age is not told where its body is not: a bound longer than any fill takes is kept in either case.
  if (entry === undefined) return isBefore || (job.ask.maxAgeSeconds ?? Infinity) * 1000 < deps.config.requestTimeoutMs;
  if (isBefore) return judge(entry, job.ask.maxAgeSeconds, found.generations, deps.now()).kind !== "fresh";
  return !mayFollow(entry, job, found, deps);
}

/** GitHub was asked since this request began, or what it said before is within the caller's bound and not purged. */
function mayFollow(entry: CacheEntry, job: Job, found: Found, deps: Deps): boolean {
  if (entry.fetchedAt >= job.ask.startedAt) return true;
  const verdict = judge(entry, job.ask.maxAgeSeconds, found.generations, deps.now());
  return verdict.kind !== "unusable" || verdict.why === "expired"; // what is never stored has no freshness
}

/** The caller's own condition, and what is never stored, are nobody else's question. */
function mayShare(job: Job, found: Found): boolean {
  const { policy } = job.route.match.route.freshness;
  const conditional = found.held === undefined && (job.ask.ifNoneMatch ?? job.ask.ifModifiedSince) !== undefined;
  return policy !== "log" && policy !== "never" && !conditional;
}

async function begin(
  job: Job,
  found: Found,
  shared: boolean,
  deadlineAt: number,
  deps: Deps,
  acceptFinishedMs = mayReuse(job, found),
): Promise<BeginTurn> {
  const { policy } = job.pool;
  const filler = found.held?.entry.identity?.id;
  const ask = {
    fillKey: job.cacheKey,
    routeKey: job.routeKey,
    resource: job.route.match.route.resource,
    budget: {
      callerId: job.caller.id,
      maxConcurrent: policy.max_concurrent_per_caller,
      fillsPerHour: policy.fills_per_hour_per_caller,
    },
    candidates: job.eligible.map(({ id, kind, weight }) => ({ id, kind, weight })),
    acceptFinishedMs,
    waitMs: Math.max(0, deadlineAt - deps.now()),
    shared,
    ...(filler === undefined ? {} : { preferred: filler }),
  };
  const begun = () =>
    deps
      .coordinator(job.pool.id)
      .begin(ask)
      .catch(() => undefined);
  // Once more after a restart of the object: those who waited there must not all ask GitHub themselves.
  const turn = (await begun()) ?? (await begun());
  return turn ?? { kind: "lead", lease: null, selection: alone(job) };
}

/** A purge just found must not be answered from before it; nor a bound by something older. */
function mayReuse(job: Job, found: Found): number {
  if (found.verdict.kind === "unusable" && found.verdict.why === "purged") return 0;
  return Math.min(REUSE_MS, (job.ask.maxAgeSeconds ?? Infinity) * 1000);
}

/** The coordinator is unreachable: the first by weight, and nobody's promise to be kept. */
function alone(job: Job): Selection {
  if (job.eligible.length === 0) return { kind: "none", reason: "no_identity" };
  const identities = job.eligible.toSorted((a, b) => b.weight - a.weight).map(({ id }) => id);
  return { kind: "selected", identities, leaseReason: "highest_remaining" };
}

async function leadOn(
  job: Job,
  found: Found,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  shared: boolean,
  deadlineAt: number,
  deps: Deps,
): Promise<Answer> {
  // Under waitUntil from its start: a client that hangs up strands nobody.
  const work = lead(job, found, turn, deadlineAt, deps);
  deps.background(work.then((led) => finish(job, turn, led, shared, deps)));
  if (turn.lease !== null) deps.background(keepLease(job, turn.lease, work, deps));
  const led = await work;
  if (led.kind === "failed") throw new FillRefused(led);
  return led.answer;
}

/** A slow GitHub must not cost the leader its lease: a follower would ask again. */
async function keepLease(job: Job, lease: FillLease, work: Promise<Led>, deps: Deps): Promise<void> {
  let over = false;
  const ended = work.finally(() => (over = true));
  for (;;) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, RENEW_EVERY_MS))]);
    if (over) return;
    const renewed = await deps
      .coordinator(job.pool.id)
      .renew(job.cacheKey, lease)
      .catch(() => null);
    if (renewed === null) return;
  }
}

/** Followers first, then the stores: and those only while the lease was still ours. */
async function finish(
  job: Job,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  led: Led,
  shared: boolean,
  deps: Deps,
): Promise<void> {
  const finishedAt = deps.now();
  const outcome: FillOutcome =
    led.kind === "failed"
      ? { kind: "failed", code: led.code, ...(led.details === undefined ? {} : { details: led.details }), finishedAt }
      : { kind: "shared", finishedAt, ...inline(led.entry, led.proofExpiresAt) };
  const attempts: readonly AttemptReport[] = led.attempts;
  const holds = await deps
    .coordinator(job.pool.id)
    .finish({ fillKey: job.cacheKey, lease: turn.lease, callerId: job.caller.id, outcome, attempts })
    .catch(() => turn.lease === null); // unreachable: what was filled alone may be stored, guarded by its age
  if (led.kind === "done" && led.stored && shared && (holds || turn.lease === null)) await led.publish();
}

function inline(entry: CacheEntry, proofExpiresAt: number | undefined): { readonly reply?: InlineReply } {
  if (entry.body.byteLength > MAX_INLINE_BYTES) return {};
  const { status, headers, encoding, body, identity, generations, ...rest } = entry;
  const meta = {
    ...rest,
    identityId: identity?.id ?? null,
    identityKind: identity?.kind ?? null,
    generations: JSON.stringify(generations),
    proofExpiresAt: proofExpiresAt ?? null,
  };
  return { reply: { status, headers, encoding, body, meta } };
}

/** What a follower gets: the leader's answer, marked as shared. The leader's proof is a proof for it as well. */
async function fromOutcome(
  job: Job,
  found: Found,
  outcome: FillOutcome,
  deadlineAt: number,
  deps: Deps,
): Promise<Answer> {
  if (outcome.kind === "failed") {
    throw new RelayError(outcome.code, outcome.details === undefined ? {} : { details: outcome.details });
  }
  const entry = outcome.reply === undefined ? await readStored(job, found, deps) : fromInline(outcome.reply);
  if (entry === undefined) throw new RelayError("relay_overloaded");
  const provenUntil = outcome.reply?.meta["proofExpiresAt"];
  if (found.proof === undefined && typeof provenUntil === "number") learnProof(job, provenUntil, deps);
  const { quotaUnits } = await proveVisible(job, found.proof, deadlineAt, deps);
  const now = deps.now();
  const stored = entry.staleUntil > entry.fetchedAt;
  const held = stored ? deps.isolate.entries.put(entry, -1, now) : { ...heldApart(entry), until: now };
  return answerFromEntry(
    held,
    job.ask,
    { cache: stored ? "miss" : "bypass", cacheable: stored, coalesced: true, quotaUnits },
    now,
  );
}

/** A body too large to hand over inline: the edge has it, or D1 in a moment. */
async function readStored(job: Job, found: Found, deps: Deps): Promise<CacheEntry | undefined> {
  for (let tries = 0; tries < STORE_TRIES; tries++) {
    const copy = (await findAtEdge(job.cacheKey, deps))?.entry ?? (await findStored(job.cacheKey, deps));
    const isRecent = copy !== undefined && deps.now() - copy.fetchedAt < deps.config.requestTimeoutMs;
    if (isRecent && mayFollow(copy, job, found, deps)) return copy;
    await new Promise((resolve) => setTimeout(resolve, STORE_WAIT_MS));
  }
  return undefined;
}

/** Written by `inline` above, in another request of the same deployment. */
function fromInline(reply: InlineReply): CacheEntry {
  const { identityId, identityKind, generations, proofExpiresAt: _proof, ...rest } = reply.meta;
  const identity =
    identityId === null
      ? undefined
      : { id: String(identityId), kind: identityKind === "pat" ? ("pat" as const) : ("github_app" as const) };
  const fields = rest as unknown as Omit<
    CacheEntry,
    "status" | "headers" | "encoding" | "body" | "identity" | "generations"
  >;
  return {
    ...fields,
    status: reply.status,
    headers: reply.headers,
    encoding: reply.encoding,
    body: reply.body,
    identity,
    generations: JSON.parse(String(generations)) as Record<string, number>,
  };
}
