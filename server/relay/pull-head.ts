/**
 * Files of a pull request by the head the caller names (4-cache, pull-files). A head that a fresh-enough pull confirms
 * becomes part of the cache key, and what is stored under it is good for an hour: the files of a head do not change.
 *
 * GitHub only ever tells the files of the head of the moment, so what is stored under a head is proven from both sides:
 * the pull showed that head before the files were asked for, and shows it again after they came. Until then, and where
 * the hint is wrong, the plain question answers, as it does without a hint.
 */
import { RelayError } from "../../shared/errors.ts";
import { cacheKeyOf } from "./cache-key.ts";
import type { Found } from "./lookup.ts";
import type { Answer, Ask, Job } from "./stages.ts";
import type { Steps } from "./steps.ts";

/** A pull read this long ago may still confirm a head. */
const HEAD_SECONDS = 60;

interface PullHead {
  readonly sha: string;
  /** Retargeted, a pull shows other files at the same head. */
  readonly base: string;
  readonly state: "open" | "closed" | "merged";
}

interface SeenHead extends PullHead {
  /** When GitHub was asked, epoch milliseconds. */
  readonly askedAt: number;
}

/** True where the row's files may be kept by head and the caller names one. A live read needs no hint. */
export function namesHead(job: Job): boolean {
  const { hint, maxAgeSeconds } = job.ask;
  const isFiles = job.route.match.route.freshness.policy === "pull-files";
  return isFiles && hint.prHeadSha !== undefined && maxAgeSeconds !== 0 && job.repository !== undefined;
}

/** The answer for a job that `namesHead`. @throws RelayError as the plain question does. */
export async function answerAtHead(job: Job, steps: Steps): Promise<Answer> {
  const maxAge = Math.min(HEAD_SECONDS, job.ask.maxAgeSeconds ?? HEAD_SECONDS);
  const seen = await readHead(pullAsk(job, { maxAgeSeconds: maxAge }), steps);
  if (seen === undefined || !isHinted(seen, job.ask.hint)) return steps.answer(job, await steps.look(job));
  const known = atHead(job, seen);
  const kept = await steps.look(known);
  if (kept.verdict.kind === "fresh") return steps.answer(known, kept);
  const plain = await steps.look(job);
  // Files from before the head was seen may be those of an older one.
  if (plain.verdict.kind === "fresh" && (plain.held?.entry.fetchedAt ?? 0) >= seen.askedAt)
    return steps.answer(job, plain);
  return fillAtHead(job, { seen, known, kept, plain }, steps);
}

interface AtHead {
  readonly seen: SeenHead;
  readonly known: Job;
  /** Under the head's key, past its freshness. */
  readonly kept: Found;
  readonly plain: Found;
}

async function fillAtHead(job: Job, { seen, known, kept, plain }: AtHead, steps: Steps): Promise<Answer> {
  const live = { ...job, ask: { ...job.ask, maxAgeSeconds: 0 } };
  const found: Found =
    plain.generations === undefined
      ? await steps.look(live)
      : { ...plain, verdict: { kind: "unusable", why: "caller_bound" } };
  // A copy under the head's key has the better validator: GitHub answers 304 while the files are the same.
  const withCopy = { ...found, held: kept.held ?? found.held };
  const startedAt = steps.now();
  let answer: Answer;
  try {
    answer = await steps.answer(live, withCopy);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    // The ordinary way shares this failure, and knows what an older copy may stand in for.
    return steps.answer(job, kept.verdict.kind === "stale" ? kept : plain);
  }
  const { cacheable, coalesced, createdAt } = answer.facts;
  const isOwnFill = answer.status === 200 && cacheable && coalesced !== true && (createdAt ?? 0) >= startedAt;
  if (isOwnFill) steps.background(keepIfUnmoved(job, { seen, known, found, answer }, steps));
  return answer;
}

/** Stores the files under their head once the pull, asked again after they came, still shows it. */
async function keepIfUnmoved(
  job: Job,
  { seen, known, found, answer }: Pick<AtHead, "seen" | "known"> & { found: Found; answer: Answer },
  steps: Steps,
): Promise<void> {
  const cameAt = steps.now();
  const after = await readHead(pullAsk(job, { maxAgeSeconds: 0, startedAt: cameAt }), steps);
  const isUnmoved = after?.sha === seen.sha && after.base === seen.base && after.askedAt >= cameAt;
  if (isUnmoved) await steps.keepAs(known, answer, found);
}

/** The pull itself as JSON: one unit, or none where it was read a moment ago. */
function pullAsk({ ask, repository, route }: Job, part: Partial<Ask>): Ask {
  const { owner, repo } = repository ?? { owner: "", repo: "" };
  return {
    ...ask,
    path: `/repos/${owner}/${repo}/pulls/${route.match.params["number"]}`,
    query: {},
    accept: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    shape: undefined,
    hint: {},
    ...part,
  };
}

/** Undefined where the pull cannot be read: then the hint is not used. */
async function readHead(ask: Ask, steps: Steps): Promise<SeenHead | undefined> {
  let answer: Answer;
  try {
    answer = await steps.askBeside(ask);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return undefined;
  }
  const head = answer.status === 200 && answer.encoding === "json" ? headOf(answer.body) : undefined;
  return head === undefined ? undefined : { ...head, askedAt: answer.facts.createdAt ?? 0 };
}

/** By the stored bytes, so that a hit parses nothing while memory holds them. */
const HEADS = new WeakMap<Uint8Array, PullHead>();

function headOf(body: Uint8Array): PullHead | undefined {
  const known = HEADS.get(body);
  if (known !== undefined) return known;
  const head = readPull(JSON.parse(new TextDecoder().decode(body)));
  if (head !== undefined) HEADS.set(body, head);
  return head;
}

/** Head, base and state of a pull as GitHub shows it; undefined where it is none. */
export function readPull(pull: unknown): PullHead | undefined {
  if (!isRecord(pull) || !isRecord(pull["head"]) || !isRecord(pull["base"])) return undefined;
  const { sha } = pull["head"];
  const { ref } = pull["base"];
  const { state } = pull;
  if (typeof sha !== "string" || typeof ref !== "string" || (state !== "open" && state !== "closed")) return undefined;
  const isMerged = pull["merged"] === true || typeof pull["merged_at"] === "string";
  return { sha: sha.toLowerCase(), base: ref, state: state === "closed" && isMerged ? "merged" : state };
}

/** A hint counts only where all that it says is so. */
export function isHinted(head: PullHead, hint: Ask["hint"]): boolean {
  return head.sha === hint.prHeadSha && (hint.prState === undefined || hint.prState === head.state);
}

/** The same question about this head and base only. */
export function atHead(job: Job, { sha, base }: Pick<PullHead, "sha" | "base">): Job {
  const discriminator = `head=${sha} base=${encodeURIComponent(base)}`;
  const cacheKey = cacheKeyOf(job.pool.id, job.route, job.ask.apiVersion, discriminator);
  return { ...job, discriminator, cacheKey };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
