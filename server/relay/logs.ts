/**
 * Logs of jobs and runs, decided: from R2 while they are young, confirmed there by GitHub's redirect when they are not,
 * else fetched, and kept where the job or run has ended. Nothing leaves before the repository is proven public.
 */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { answerHeld, CONFIRMED_MS, type LogFactsOfAnswer } from "./log-answer.ts";
import { download, passAnswer } from "./log-download.ts";
import { askForLog, type LogTurn } from "./log-fill.ts";
import { deleteLog, findLog, logKeyOf, renewLog, type StoredLog } from "./log-store.ts";
import { isRunAlone, readSubject, type Subject } from "./log-subject.ts";
import { charge, type LogAsk, type Walk } from "./log-walk.ts";
import type { Answer, Job } from "./stages.ts";
import { MARK } from "./trail-marks.ts";
import { type Proven, proveOnTrail } from "./visibility.ts";

type Signed = Extract<LogTurn, { kind: "signed" }>;

/** @throws RelayError. What was begun for others goes on after this caller has hung up. */
export async function answerLog(ask: LogAsk, deps: Deps): Promise<Answer> {
  const work = serve(ask, deps);
  deps.background(work.then(ended, ended));
  return work;
}

/** The caller is told by the same promise. */
function ended(): void {
  return undefined;
}

async function serve(ask: LogAsk, deps: Deps): Promise<Answer> {
  const run = isRunAlone(ask.job) ? await subjectOf(ask) : undefined;
  const walk: Walk = { ...ask, run, key: keyOf(ask.job, run) };
  const held = walk.key === undefined ? undefined : await findLog(walk.key, ask.found.generations, deps);
  ask.trail.step(held === undefined ? MARK.log : MARK.logHad);
  if (held !== undefined) return fromHeld(walk, held, deps);
  return fetchLog(walk, run ?? (await subjectOf(walk)), deps);
}

/** Under which name it may be stored; undefined: not, or not known before GitHub says which attempt is the latest. */
function keyOf(job: Job, run: Subject | undefined): string | undefined {
  if (!isRunAlone(job)) return logKeyOf(job);
  return run?.kind === "completed" && run.attempt !== undefined ? logKeyOf(job, run.attempt) : undefined;
}

async function subjectOf(walk: LogAsk): Promise<Subject> {
  const subject = await readSubject(walk.job, walk);
  walk.trail.step(MARK.subject, subject.kind);
  charge(walk, subject);
  return subject;
}

async function prove(walk: Walk, deps: Deps): Promise<Proven> {
  const proven = await proveOnTrail(walk.job, walk.found, walk, deps);
  walk.trail.spent(proven.quotaUnits);
  return proven;
}

/** The caller's `max-age` bounds the time since GitHub was last seen to have it. */
function isWithinBound(walk: Walk, held: StoredLog, deps: Deps): boolean {
  const { maxAgeSeconds } = walk.job.ask;
  return maxAgeSeconds === undefined || (maxAgeSeconds > 0 && deps.now() - held.confirmedAt <= maxAgeSeconds * 1000);
}

async function fromHeld(walk: Walk, held: StoredLog, deps: Deps): Promise<Answer> {
  const reason = walk.run?.staleReason;
  const isYoung = deps.now() - held.confirmedAt < CONFIRMED_MS;
  if (isWithinBound(walk, held, deps) && (isYoung || reason !== undefined)) {
    await prove(walk, deps).catch(async (error: unknown) => {
      await held.body.cancel();
      throw error;
    });
    const cache = reason === undefined ? "hit" : "stale";
    const answer = await passHeld(
      walk,
      held,
      { cache, ...(reason === undefined ? {} : { staleReason: reason }) },
      deps,
    );
    if (answer !== undefined) return answer;
    return fetchLog(walk, walk.run ?? (await subjectOf(walk)), deps);
  }
  // Not left open while GitHub is asked: the platform has six connections for a request.
  await held.body.cancel();
  return confirm(walk, held, deps);
}

async function passHeld(
  walk: Walk,
  held: StoredLog,
  facts: LogFactsOfAnswer & { readonly confirmedAt?: number },
  deps: Deps,
): Promise<Answer | undefined> {
  const { confirmedAt, ...told } = facts;
  walk.trail.missReason = told.cache === "hit" ? undefined : told.cache === "stale" ? "expired" : "absent";
  const how = {
    mayStream: walk.mayStream,
    deadlineAt: walk.deadlineAt,
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
  };
  return answerHeld(walk.job, held, how, told, deps);
}

/** Does GitHub still have it? A redirect says so, and is not followed. */
async function confirm(walk: Walk, old: StoredLog, deps: Deps): Promise<Answer> {
  const proven = await prove(walk, deps);
  const { job } = walk;
  let turn = await askForLog(job, true, walk, deps);
  if (turn.kind === "told" && turn.word === "alone") turn = await askForLog(job, false, walk, deps);
  switch (turn.kind) {
    case "signed":
      await refuseMoved(turn, proven);
      return confirmed(walk, old, turn, deps);
    case "told": {
      const again = await findLog(old.key, walk.found.generations, deps);
      const facts = { cache: "hit", revalidated: true, coalesced: true, confirmedAt: turn.finishedAt } as const;
      const answer = again === undefined ? undefined : await passHeld(walk, again, facts, deps);
      return answer ?? byTurn(walk, endedBefore(walk), proven, await askForLog(job, false, walk, deps), deps);
    }
    case "answered":
      if (turn.reply.status === 404 || turn.reply.status === 410) await deleteLog(old.key, deps);
      return passAnswer(walk, turn, deps);
    case "failed":
      return standIn(walk, old, turn, deps);
    default:
      return turn satisfies never;
  }
}

async function confirmed(walk: Walk, old: StoredLog, turn: Signed, deps: Deps): Promise<Answer> {
  const again = await findLog(old.key, walk.found.generations, deps);
  if (again === undefined) return download(walk, endedBefore(walk), turn, deps);
  const { askedAt: confirmedAt, leaseReason } = turn.fetched;
  deps.background(renewLog(old.key, confirmedAt, deps));
  await turn.tell("confirmed");
  charge(walk, turn.fetched);
  const lease = leaseReason === undefined ? {} : { leaseReason };
  const answer = await passHeld(walk, again, { cache: "hit", revalidated: true, confirmedAt, ...lease }, deps);
  return answer ?? download(walk, endedBefore(walk), turn, deps);
}

/** GitHub could not be asked: ours, with the reason, for its seven days and within the caller's bound. */
async function standIn(
  walk: Walk,
  old: StoredLog,
  turn: Extract<LogTurn, { kind: "failed" }>,
  deps: Deps,
): Promise<Answer> {
  const staleReason = walk.staleFor(turn.code);
  if (staleReason === undefined || !isWithinBound(walk, old, deps)) throw failure(walk, turn);
  const again = await findLog(old.key, walk.found.generations, deps);
  const answer = again === undefined ? undefined : await passHeld(walk, again, { cache: "stale", staleReason }, deps);
  if (answer === undefined) throw failure(walk, turn);
  if (turn.fetched !== undefined) charge(walk, turn.fetched);
  return answer;
}

/** What R2 held had ended when it was stored. */
function endedBefore(walk: Walk): Subject {
  const { run } = walk;
  return {
    kind: "completed",
    attempt: run?.attempt,
    readAt: 0,
    staleReason: undefined,
    quotaUnits: 0,
    upstreamCalls: 0,
  };
}

function failure(walk: Walk, { code, details, fetched }: Extract<LogTurn, { kind: "failed" }>): RelayError {
  if (fetched !== undefined) charge(walk, fetched);
  return new RelayError(code, details === undefined ? {} : { details });
}

async function fetchLog(walk: Walk, subject: Subject, deps: Deps): Promise<Answer> {
  const proven = await prove(walk, deps);
  const { job } = walk;
  let turn = await askForLog(job, true, walk, deps);
  if (turn.kind === "told") {
    const shared =
      turn.word === "alone" || walk.key === undefined
        ? undefined
        : await findLog(walk.key, walk.found.generations, deps);
    const answer =
      shared === undefined ? undefined : await passHeld(walk, shared, { cache: "miss", coalesced: true }, deps);
    if (answer !== undefined) return answer;
    turn = await askForLog(job, false, walk, deps);
  }
  return byTurn(walk, subject, proven, turn, deps);
}

async function byTurn(walk: Walk, subject: Subject, proven: Proven, turn: LogTurn, deps: Deps): Promise<Answer> {
  switch (turn.kind) {
    case "signed":
      await refuseMoved(turn, proven);
      return download(walk, subject, turn, deps);
    case "answered":
      return passAnswer(walk, turn, deps);
    case "failed":
      throw failure(walk, turn);
    case "told":
      throw new RelayError("relay_overloaded");
    default:
      return turn satisfies never;
  }
}

/** A redirect's target must be the repository that the proof is about. */
async function refuseMoved(turn: Signed, proven: Proven): Promise<void> {
  const known = proven.proof?.repositoryId;
  if (turn.redirectedTo === undefined || known === undefined || known === turn.redirectedTo) return;
  await turn.tell({ failed: "github_redirect_denied" });
  throw new RelayError("github_redirect_denied");
}
