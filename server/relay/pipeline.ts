/**
 * One relayed read, top to bottom. It knows no envelope: a face of the relay (http/relay.ts) hands in a checked body
 * and a caller, and gets an Answer or a RelayError.
 */
import { RelayError, type ErrorCode } from "../../shared/errors.ts";
import type { StaleReason } from "../../shared/cache-status.ts";
import type { Deps } from "../deps.ts";
import { auditOf, type Course, Trail } from "./trail.ts";
import { MARK } from "./trail-marks.ts";
import { chooseVariant, classify } from "./classify.ts";
import { fill, FillRefused, FollowedRefusal } from "./fill.ts";
import { judge } from "./freshness.ts";
import { answerLog } from "./logs.ts";
import { lookAnyway, lookInStore, lookup, type Found } from "./lookup.ts";
import { toAsk, type RelayBody } from "./parse.ts";
import { applyPolicy } from "./policy.ts";
import { findPool } from "./pool.ts";
import { publish, toEntry } from "./publish.ts";
import { answerAtHead, namesHead } from "./pull-head.ts";
import { answerReshaped, planOf } from "./reshape.ts";
import { resolveRepository } from "./resolve.ts";
import { answerFromEntry } from "./serve.ts";
import type { Answer, Ask, Caller, Job } from "./stages.ts";
import { answerStanding } from "./standing.ts";
import type { Steps } from "./steps.ts";
import { ProofRefused, proveOnTrail, refuseHidden } from "./visibility.ts";

export interface Face {
  /** When the question was there, epoch ms: before its caller was looked up. */
  readonly cameAt: number;
  /** The face passes a stream on: a log may then be larger than MAX_RESPONSE_BYTES. */
  readonly mayStream: boolean;
}

/** @throws RelayError. Leaves one audit row, whatever happens. */
export async function relay(body: RelayBody, caller: Caller, deps: Deps, face: Face): Promise<Answer> {
  const trail = new Trail(deps.now, face.cameAt);
  trail.step(MARK.caller);
  try {
    const answer = await answerAsk(body, caller, trail, deps, face.mayStream);
    recordWith({ answer }, body, caller, trail, deps);
    return answer;
  } catch (error) {
    recordWith({ error }, body, caller, trail, deps);
    throw error;
  }
}

/** The row waits for the work behind the answer, so that it tells what that spent as well. */
function recordWith(
  end: { readonly answer: Answer } | { readonly error: unknown },
  body: RelayBody,
  caller: Caller,
  trail: Trail,
  deps: Deps,
): void {
  trail.end();
  const record = () => deps.isolate.audit.record(auditOf(body, caller, trail, end, deps), deps);
  if (trail.behind.length === 0) record();
  else deps.background(trail.settled().then(record));
}

async function answerAsk(
  body: RelayBody,
  caller: Caller,
  trail: Trail,
  deps: Deps,
  mayStream = false,
): Promise<Answer> {
  const ask = toAsk(body, deps.requestId, trail.startedAt);
  const pool = await findPool(ask.poolId, deps);
  trail.step(MARK.pool);
  const deadlineAt = ask.startedAt + deps.config.requestTimeoutMs;
  const match = await resolveRepository(trail.matched(classify(ask, caller)), { pool, caller }, deadlineAt, deps);
  const route = chooseVariant(ask, trail.matched(match));
  trail.step(MARK.route);
  const job = applyPolicy(ask, caller, pool, route, deps);
  trail.pass(MARK.policy);
  if (match.route.transports.includes("none")) return standingOf(job, trail, deps);
  const course = { trail, deadlineAt };
  if (match.route.freshness.policy === "log") return logOf(job, course, mayStream, deps);
  const steps = stepsOf(job, course, deps);
  if (namesHead(job)) return answerAtHead(job, steps);
  const plan = planOf(job);
  return plan === undefined ? steps.answer(job, await steps.look(job)) : answerReshaped(plan, steps);
}

async function standingOf(job: Job, trail: Trail, deps: Deps): Promise<Answer> {
  const answer = await answerStanding(job, deps);
  trail.step(MARK.standing);
  return answer;
}

/** A log's job or run is read within this request's own deadline, and is no request of its own in the audit. */
async function logOf(job: Job, { trail, deadlineAt }: Course, mayStream: boolean, deps: Deps): Promise<Answer> {
  // Never from memory or the edge, and always with the generations: a purge must end what R2 has.
  const found = await lookInStore(job, undefined, trail, deps);
  trail.looked(found);
  refuseHidden(job, found.proof, deps);
  const read = (own: RelayBody) => {
    const beside = new Trail(() => trail.startedAt, trail.startedAt, trail);
    return answerAsk(own, job.caller, beside, deps);
  };
  return answerLog({ job, found, deadlineAt, trail, mayStream, read, staleFor: (code) => STALE_FOR[code] }, deps);
}

/** The pipeline's second half, for the few jobs that are answered by more than one question. */
function stepsOf(own: Job, course: Course, deps: Deps): Steps {
  const { trail } = course;
  return {
    now: deps.now,
    background: (work) => trail.follow(work, deps),
    remembers: (cacheKey) => deps.isolate.entries.get(cacheKey, deps.now()) !== undefined,
    look: (job) => lookup(job, trail, deps),
    answer: (job, found) => {
      trail.looked(found);
      return answerFound(job, found, course, deps);
    },
    askBeside: (ask) => askBeside(ask, own, trail, deps),
    keepAs: (job, answer, found) => keepAs(job, answer, found, deps),
    spent: (units) => trail.spent(units),
  };
}

/** The caller's own rules and budget hold for it; it leaves no audit row. */
async function askBeside(ask: Ask, { caller, pool }: Job, trail: Trail, deps: Deps): Promise<Answer> {
  const job = applyPolicy(ask, caller, pool, chooseVariant(ask, classify(ask, caller)), deps);
  const deadlineAt = ask.startedAt + deps.config.requestTimeoutMs / 2;
  const beside = new Trail(deps.now, ask.startedAt, trail);
  const found = await lookup(job, beside, deps);
  const answer = await answerFound(job, found, { trail: beside, deadlineAt }, deps).finally(() =>
    trail.step(MARK.beside),
  );
  trail.spent(answer.facts.quotaUnits, answer.facts.upstreamCalls);
  trail.met(answer.facts.setbacks ?? []);
  return answer;
}

async function keepAs(job: Job, answer: Answer, found: Found, deps: Deps): Promise<void> {
  const { generations, covered, epoch } = found;
  const { createdAt: askedAt, filtered = false } = answer.facts;
  // Without generations from D1 a purge could not end it.
  if (generations === undefined || askedAt === undefined) return;
  const { status, encoding, body, identity } = answer;
  // Only an answer fetched just now carries the quota it left.
  const kept = Object.entries(answer.headers).filter(([name]) => !name.startsWith("x-ratelimit-"));
  const reply = { status, encoding, body, headers: Object.fromEntries(kept), json: undefined, filtered };
  const { entry, stored } = toEntry(job, reply, { identity, askedAt, generations, covered, fence: 0 });
  if (!stored) return;
  deps.isolate.entries.put(entry, epoch, deps.now());
  await publish(job, entry, epoch, false, deps);
}

async function answerFound(job: Job, found: Found, course: Course, deps: Deps): Promise<Answer> {
  refuseHidden(job, found.proof, deps);
  switch (found.verdict.kind) {
    case "fresh":
      await prove(job, found, course, deps);
      return fromCache(job, found, "hit", undefined, deps);
    case "revalidating":
      await prove(job, found, course, deps);
      course.trail.follow(refresh(job, found, course, deps), deps);
      return fromCache(job, found, "stale", "revalidating", deps);
    case "stale":
    case "unusable":
    case "absent":
      return fillOrStale(job, found, course, deps);
    default:
      return found.verdict satisfies never;
  }
}

/** Behind the answer. One that is refused has told the coordinator why; the caller has his answer. */
async function refresh(job: Job, found: Found, course: Course, deps: Deps): Promise<void> {
  const { trail } = course;
  try {
    const { facts } = await fill(job, found, course, deps);
    trail.spent(facts.quotaUnits, facts.upstreamCalls);
    trail.met(facts.setbacks ?? []);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    if (error instanceof FillRefused) account(error, trail);
  }
}

function account({ quotaUnits, upstreamCalls, setbacks }: FillRefused, trail: Trail): void {
  trail.spent(quotaUnits, upstreamCalls);
  trail.met(setbacks);
}

/** What the proof cost is on the trail, whatever it said. @throws RelayError as proveVisible. */
async function prove(job: Job, found: Found, course: Course, deps: Deps): Promise<void> {
  const { trail } = course;
  try {
    trail.spent((await proveOnTrail(job, found, course, deps)).quotaUnits);
  } catch (error) {
    if (error instanceof ProofRefused) trail.spent(error.quotaUnits);
    throw error;
  }
}

async function fillOrStale(job: Job, found: Found, course: Course, deps: Deps): Promise<Answer> {
  const { trail } = course;
  try {
    return await fill(job, found, course, deps);
  } catch (error) {
    if (error instanceof FillRefused) account(error, trail);
    const reason = error instanceof RelayError ? STALE_FOR[error.code] : undefined;
    if (reason === undefined) throw error;
    const knowsCopies = found.looked || (error instanceof FollowedRefusal && error.noCopy);
    // Who went straight to the coordinator has not looked for a copy yet.
    const older = knowsCopies ? found : await lookAnyway(job, trail, deps);
    refuseHidden(job, older.proof, deps);
    if (!mayServeStale(job, older, deps)) throw error;
    await prove(job, older, course, deps);
    return fromCache(job, older, "stale", reason, deps);
  }
}

/** Which failures an older copy may stand in for: want of quota, of identities, or of GitHub. */
const STALE_FOR: Partial<Record<ErrorCode, StaleReason>> = {
  github_unavailable: "github_unavailable",
  github_rate_limited: "github_rate_limited",
  github_identity_depleted: "identity_pool_depleted",
  identity_pool_depleted: "identity_pool_depleted",
  identities_cooling_down: "identities_cooling_down",
  no_identity: "no_identity",
  web_only_unavailable: "identity_pool_depleted",
  github_identity_unauthorized: "no_identity",
  relay_overloaded: "identities_cooling_down",
};

function mayServeStale(job: Job, found: Found, deps: Deps): boolean {
  if (found.held === undefined || isPurged(found)) return false;
  const verdict = judge(found.held.entry, job.ask.maxAgeSeconds, found.generations, deps.now());
  return verdict.kind !== "unusable";
}

const isPurged = ({ verdict }: Found): boolean => verdict.kind === "unusable" && verdict.why === "purged";

function fromCache(
  job: Job,
  found: Found,
  cache: "hit" | "stale",
  staleReason: StaleReason | undefined,
  deps: Deps,
): Answer {
  if (found.held === undefined) throw new RelayError("internal_error");
  const facts = { cache, ...(staleReason === undefined ? {} : { staleReason }) };
  return answerFromEntry(found.held, job.ask, facts, deps.now());
}
