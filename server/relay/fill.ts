/** One leader per question; followers wait for its outcome. Without a coordinator each fills alone. */
import type { BeginTurn, FillOutcome } from "../coordinator/protocol.ts";
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { beginFill, markTurn } from "./begin-fill.ts";
import { findAtEdge, type EdgeCopy } from "./edge.ts";
import { markFilling } from "./filling.ts";
import { finishFill, keepLease } from "./finish-fill.ts";
import { judge, type Verdict } from "./freshness.ts";
import { fromInline } from "./handed-over.ts";
import { lead, type Led } from "./lead.ts";
import { findStored, judgeNearby, type Found } from "./lookup.ts";
import { heldApart } from "./memory-cache.ts";
import { answerFromEntry } from "./serve.ts";
import type { Setback } from "./setback.ts";
import type { Answer, CacheEntry, Job } from "./stages.ts";
import type { Course, Trail } from "./trail.ts";
import { learnProof, proveOnTrail } from "./visibility.ts";

/** An outcome this young answers a new asker without a second look at the stores. */
const REUSE_MS = 2_000;
/** A failure a moment ago answers the stragglers of the same burst, and nobody who comes later. */
const FAILURE_REUSE_MS = 1_000;
/** A leader's refusal, with what it cost: the audit row counts that, whatever the caller is answered. */
export class FillRefused extends RelayError {
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  readonly setbacks: readonly Setback[];

  constructor({ code, details, quotaUnits, upstreamCalls, setbacks }: Extract<Led, { kind: "failed" }>) {
    super(code, details === undefined ? {} : { details });
    this.quotaUnits = quotaUnits;
    this.upstreamCalls = upstreamCalls;
    this.setbacks = setbacks;
  }
}

/** The leader's failure is its followers' too. */
export class FollowedRefusal extends RelayError {
  /** Who has not looked for an older copy need not. */
  readonly noCopy: boolean;

  constructor({ code, details, noCopy = false }: Extract<FillOutcome, { kind: "failed" }>) {
    super(code, details === undefined ? {} : { details });
    this.noCopy = noCopy;
  }
}

/** @throws RelayError with the reason nobody could answer; the pipeline then looks for a stale copy. */
export async function fill(job: Job, found: Found, course: Course, deps: Deps): Promise<Answer> {
  const shared = mayShare(job, found);
  const unmark = shared ? markFilling(job.cacheKey, found.held === undefined, deps.isolate) : undefined;
  try {
    const first = await begin(job, found, shared, course, deps);
    const followed = first.kind === "follow" ? await follow(first.outcome, job, found, course.trail, deps) : undefined;
    // What the leader had does not serve this one: a fill under way does, or one of its own.
    const turn = followed === "not_served" ? await begin(job, found, shared, course, deps, 0) : first;
    switch (turn.kind) {
      case "lead":
        return await leadOn(job, found, turn, shared, course, deps);
      case "follow": {
        const entry = turn === first ? followed : await follow(turn.outcome, job, found, course.trail, deps);
        if (entry === undefined || entry === "not_served") throw new RelayError("relay_overloaded");
        return await fromLeader(job, found, entry, turn.outcome, course, deps);
      }
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

/**
 * What a follower takes. An outcome from before this ask is a stored answer like any other: fresh, and within the
 * caller's bound. A body that is neither handed over nor at this data centre's edge (`edge_only`) serves nobody here.
 * @throws RelayError with the leader's reason, where its failure is this follower's too.
 */
async function follow(
  outcome: FillOutcome,
  job: Job,
  found: Found,
  trail: Trail,
  deps: Deps,
): Promise<CacheEntry | "not_served"> {
  const { startedAt } = job.ask;
  const isBefore = outcome.finishedAt < startedAt;
  if (outcome.kind === "failed") {
    if (isBefore && startedAt - outcome.finishedAt > FAILURE_REUSE_MS) return "not_served";
    throw new FollowedRefusal(outcome);
  }
  const copy = outcome.reply === undefined ? await readKept(outcome, job, deps) : fromInline(outcome.reply);
  if (copy === undefined) return "not_served";
  // GitHub was asked since this request began; else what it said is within the caller's bound, and not purged.
  if (!isBefore && copy.entry.fetchedAt >= startedAt) return copy.entry;
  const verdict = await judgeOf(copy, job, found, trail, deps);
  // What is never stored has no freshness.
  const mayFollow = verdict.kind !== "unusable" || verdict.why === "expired";
  return (isBefore ? verdict.kind === "fresh" : mayFollow) ? copy.entry : "not_served";
}

/** A body too large to hand over was stored before anyone was told: here if anywhere. An older copy is another answer. */
async function readKept(
  outcome: Exclude<FillOutcome, { kind: "failed" }>,
  job: Job,
  deps: Deps,
): Promise<EdgeCopy | undefined> {
  const { kind, askedAt = 0 } = outcome;
  const near = await findAtEdge(job.cacheKey, deps);
  if (near !== undefined && near.entry.fetchedAt >= askedAt) return near;
  const stored = kind === "edge_only" ? undefined : await findStored(job.cacheKey, deps);
  return stored === undefined || stored.fetchedAt < askedAt ? undefined : { entry: stored, epoch: -1 };
}

/** Who went straight to the coordinator, or had no answer from D1, has not seen what was purged before. */
async function judgeOf({ entry, epoch }: EdgeCopy, job: Job, found: Found, trail: Trail, deps: Deps): Promise<Verdict> {
  const now = deps.now();
  if (found.generations !== undefined) return judge(entry, job.ask.maxAgeSeconds, found.generations, now);
  const { verdict } = await judgeNearby(job, { ...heldApart(entry), epoch, until: now }, trail, deps);
  return verdict;
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
  { trail, deadlineAt }: Course,
  deps: Deps,
  acceptFinishedMs = mayReuse(job, found),
): Promise<BeginTurn> {
  const waitMs = Math.max(0, deadlineAt - deps.now());
  const preferred = found.held?.entry.identity?.id ?? seesOnlyPublic(job);
  const turn = await beginFill(job, { acceptFinishedMs, waitMs, shared, preferred }, deps);
  markTurn(turn, trail);
  return turn;
}

/** Of rows whose elements refer to other repositories: an identity that sees nothing private needs no proofs. */
function seesOnlyPublic(job: Job): string | undefined {
  if (job.route.match.route.references !== "items") return undefined;
  return job.eligible.find(({ publicOnly }) => publicOnly)?.id;
}

/** A purge just found must not be answered from before it; nor a bound by something older. */
function mayReuse(job: Job, found: Found): number {
  if (found.verdict.kind === "unusable" && found.verdict.why === "purged") return 0;
  return Math.min(REUSE_MS, (job.ask.maxAgeSeconds ?? Infinity) * 1000);
}

async function leadOn(
  job: Job,
  found: Found,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  shared: boolean,
  course: Course,
  deps: Deps,
): Promise<Answer> {
  // Under waitUntil from its start: a client that hangs up strands nobody.
  const work = lead(job, found, turn, course, deps);
  // The audit row waits for it, so that it tells how long followers and stores took.
  course.trail.follow(
    work.then((led) => finishFill(job, turn, led, { shared, trail: course.trail }, deps)),
    deps,
  );
  if (turn.lease !== null) deps.background(keepLease(job, turn.lease, work, deps));
  const led = await work;
  if (led.kind === "failed") throw new FillRefused(led);
  return led.answer;
}

/** What a follower gets: the leader's answer, marked as shared. The leader's proof is a proof for it as well. */
async function fromLeader(
  job: Job,
  found: Found,
  entry: CacheEntry,
  outcome: FillOutcome,
  course: Course,
  deps: Deps,
): Promise<Answer> {
  const provenUntil = outcome.kind === "failed" ? undefined : outcome.reply?.meta["proofExpiresAt"];
  if (found.proof === undefined && typeof provenUntil === "number") learnProof(job, provenUntil, deps);
  const { quotaUnits } = await proveOnTrail(job, found, course, deps);
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
