/**
 * How long an answer lives, decided from its route's policy and its body (4-cache, Freshness), and whether a stored
 * one may be served to this caller: the one place that decides either.
 */
import type { Freshness, Judge } from "../../shared/routes/spec.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Errors that are answers: 404 and 410, held so that a missing thing asked for in chorus costs one call. */
export const NEGATIVE_SECONDS = 30;

export interface Lifetime {
  readonly freshSeconds: number;
  readonly staleSeconds: number;
  readonly swrSeconds: number;
}

export interface BodyContext {
  readonly status: number;
  /** Parsed, for JSON; undefined otherwise. */
  readonly json: unknown;
  /** The run's attempt is part of the path: such a run can settle. */
  readonly attemptQualified: boolean;
  /** A `ref` query that is a full SHA. */
  readonly refIsSha: boolean;
  /** The pull's head is part of the cache key. */
  readonly headKnown: boolean;
  /** Every event that ends the answer reaches us. */
  readonly covered: boolean;
}

/** GitHub computes mergeability in the background, without an event, and says null until then. */
const UNDECIDED_SECONDS = 5;

/** Undefined: never stored. Where webhooks end it, an answer may live as long as the row says. */
export function lifetimeOf(freshness: Freshness, body: BodyContext): Lifetime | undefined {
  const life = uncoveredLifetime(freshness, body);
  const { coveredSeconds } = freshness;
  const keeps = life === undefined || coveredSeconds === undefined || !body.covered || body.status >= 400;
  if (keeps || life.freshSeconds === UNDECIDED_SECONDS) return life;
  return { ...life, freshSeconds: Math.max(life.freshSeconds, coveredSeconds) };
}

function uncoveredLifetime(freshness: Freshness, body: BodyContext): Lifetime | undefined {
  const { policy, staleSeconds, swrSeconds } = freshness;
  if (policy === "never" || policy === "log" || body.status === 202) return undefined;
  if (body.status === 404 || body.status === 410)
    return { freshSeconds: NEGATIVE_SECONDS, staleSeconds: 0, swrSeconds: 0 };
  if (body.status < 200 || body.status > 299) return undefined;
  const base = { staleSeconds, swrSeconds };
  switch (policy) {
    case "immutable":
    case "metadata":
    case "list":
      return { ...base, freshSeconds: freshness.freshSeconds ?? MINUTE };
    case "slow":
      return {
        ...base,
        freshSeconds: (body.refIsSha ? freshness.pinnedSeconds : undefined) ?? freshness.freshSeconds ?? 5 * MINUTE,
      };
    case "pull-files":
      return { ...base, freshSeconds: body.headKnown ? HOUR : MINUTE };
    case "living":
      return { ...base, freshSeconds: freshness.judge === "issue" ? livingIssue(body.json) : livingPull(body) };
    case "settling":
      return settling(freshness, body);
    default:
      return policy satisfies never;
  }
}

function livingPull(body: BodyContext): number {
  // `pulls/N/merge` answers 204 when merged, and 404 (above) when not.
  if (body.status === 204) return HOUR;
  if (!isRecord(body.json)) return 2 * MINUTE;
  const isOpen = body.json["state"] === "open";
  if (!isOpen && (body.json["merged"] === true || typeof body.json["merged_at"] === "string")) return HOUR;
  if (body.json["state"] === "closed") return 2 * MINUTE;
  return "mergeable" in body.json && body.json["mergeable"] === null ? UNDECIDED_SECONDS : 2 * MINUTE;
}

function livingIssue(json: unknown): number {
  return isRecord(json) && json["state"] === "closed" ? HOUR : 5 * MINUTE;
}

function settling(freshness: Freshness, body: BodyContext): Lifetime {
  const { staleSeconds, swrSeconds, judge } = freshness;
  const moving = { freshSeconds: MINUTE, staleSeconds, swrSeconds };
  if (judge === undefined || !isSettled(judge, body.json)) return moving;
  if (freshness.refNamed) return { freshSeconds: freshness.freshSeconds ?? 2 * MINUTE, staleSeconds, swrSeconds };
  const settled = { freshSeconds: HOUR, staleSeconds: DAY, swrSeconds };
  switch (judge) {
    // A re-run reuses the run's id: without its attempt it never counts as settled.
    case "run":
    case "jobs":
      return body.attemptQualified ? settled : moving;
    case "job":
      return settled;
    // A list can grow.
    case "run-list":
    case "checks":
    case "check-suites":
    case "status":
    case "status-list":
      return { ...settled, freshSeconds: 2 * MINUTE };
    case "pull":
    case "issue":
      return moving;
    default:
      return judge satisfies never;
  }
}

/** True where nothing in the body is queued, in progress or pending. An empty list is still to be filled. */
function isSettled(judge: Judge, json: unknown): boolean {
  switch (judge) {
    case "run":
    case "job":
      return isRecord(json) && json["status"] === "completed";
    case "run-list":
      return every(listIn(json, "workflow_runs"), isCompleted);
    case "jobs":
      return every(listIn(json, "jobs"), isCompleted);
    case "checks":
      return every(listIn(json, "check_runs"), isCompleted);
    case "check-suites":
      return every(listIn(json, "check_suites"), isCompleted);
    case "status":
      // One failure makes the whole a failure while others are still pending.
      return isRecord(json) && json["state"] !== "pending" && every(listIn(json, "statuses"), isDecided);
    case "status-list":
      return every(Array.isArray(json) ? json : [], isDecided);
    case "pull":
    case "issue":
      return false;
    default:
      return judge satisfies never;
  }
}

function isCompleted(item: unknown): boolean {
  return isRecord(item) && item["status"] === "completed";
}

function isDecided(item: unknown): boolean {
  return isRecord(item) && (item["state"] === "success" || item["state"] === "failure" || item["state"] === "error");
}

function every(items: readonly unknown[], claim: (item: unknown) => boolean): boolean {
  return items.length > 0 && items.every(claim);
}

function listIn(json: unknown, key: string): readonly unknown[] {
  const list = isRecord(json) ? json[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type Verdict =
  | { readonly kind: "fresh" }
  | { readonly kind: "revalidating" }
  | { readonly kind: "stale" }
  /** May serve nobody, but its validator may still save a full answer. */
  | { readonly kind: "unusable"; readonly why: "expired" | "caller_bound" | "purged" };

export interface Judged {
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly swrUntil: number;
  readonly generations: Readonly<Record<string, number>>;
}

/**
 * May a stored answer be served to a caller with this bound, now? Ages count from the moment GitHub was asked. The
 * caller's `max-age` wins over everything, outages included; so does a purge (any generation moved).
 * @param generations what D1 says now; undefined where it could not be read: the plain table decides.
 */
export function judge(
  entry: Judged,
  bound: number | undefined,
  generations: Readonly<Record<string, number>> | undefined,
  now: number,
): Verdict {
  if (bound !== undefined && now - entry.fetchedAt > bound * 1000) return { kind: "unusable", why: "caller_bound" };
  // max-age=0 asks for a live read: no stored answer is young enough, not even within its first millisecond.
  if (bound === 0) return { kind: "unusable", why: "caller_bound" };
  if (generations !== undefined && isPurged(entry.generations, generations)) return { kind: "unusable", why: "purged" };
  if (now < entry.freshUntil) return { kind: "fresh" };
  if (now < entry.swrUntil) return { kind: "revalidating" };
  if (now < entry.staleUntil) return { kind: "stale" };
  return { kind: "unusable", why: "expired" };
}

function isPurged(then: Readonly<Record<string, number>>, current: Readonly<Record<string, number>>): boolean {
  for (const key in current) if ((current[key] ?? 0) !== (then[key] ?? 0)) return true;
  return false;
}
