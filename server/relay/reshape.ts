/**
 * The rewrites that a row of the table may name (4-cache, Supersets): ask wide, answer narrow. First pages of one list
 * that differ in their size only are cut out of its page of a hundred, where that page proves what they would hold.
 *
 * A cut answer has no `Link`, so that a client which follows it would end early: it goes only to clients whose shape
 * says that they do not, or where GitHub would send none either.
 */
import { RelayError } from "../../shared/errors.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import { cacheKeyOf } from "./cache-key.ts";
import type { Found } from "./lookup.ts";
import { cutList, outlineOf, type ListOutline } from "./reshape-outline.ts";
import type { Answer, Ask, Job } from "./stages.ts";
import type { Steps } from "./steps.ts";

interface Rewrite {
  /** The `x-octopool-public-shape` of clients that read the list itself and no `Link`. */
  readonly shape: string;
  /** The member that holds the list. */
  readonly list: string;
}

const REWRITES = {
  "run-list-page": { shape: "actions-summary-v1", list: "workflow_runs" },
  "job-list-page": { shape: "actions-jobs-v1", list: "jobs" },
} as const satisfies Record<NonNullable<RouteSpec["reshape"]>, Rewrite>;

const WIDE = 100;
/** GitHub's `per_page` where none is given ("Using pagination in the REST API"). */
const DEFAULT_PER_PAGE = 30;
/** Another page than the first; cursors name one as well. */
const OTHER_PAGE: ReadonlySet<string> = new Set(["page", "after", "before", "cursor"]);
/** These say how an element looks or which attempt is meant; everything else picks some elements out of many. */
const UNSELECTIVE: ReadonlySet<string> = new Set(["per_page", "exclude_pull_requests", "filter"]);

export interface Plan {
  readonly list: string;
  readonly wide: Job;
  /** The caller's own question; undefined where that is the wide one. */
  readonly exact: Job | undefined;
  /** The most elements the answer may have. */
  readonly keep: number;
  /** As far as it is the caller's wish and not the page's size. */
  readonly limit: number | undefined;
  readonly isShaped: boolean;
  /** Worth asking for where nothing is stored: a list that picks elements is seldom asked for in two sizes. */
  readonly asksWide: boolean;
}

/** Undefined: the job is answered as it is asked. */
export function planOf(job: Job): Plan | undefined {
  const { ask, route } = job;
  const { reshape } = route.match.route;
  if (reshape === undefined || route.variant !== "json") return undefined;
  const { shape, list } = REWRITES[reshape];
  const pairs = route.canonicalQuery === "" ? [] : route.canonicalQuery.split("&");
  if (pairs.some((pair) => OTHER_PAGE.has(keyOf(pair)))) return undefined;
  const isShaped = ask.shape === shape;
  const limit = isShaped ? route.limit : undefined;
  const given = pairs.find((pair) => keyOf(pair) === "per_page")?.split("=")[1];
  const perPage = given === undefined ? undefined : Number(given);
  if (perPage === WIDE && limit === undefined) return undefined;
  const free = withoutConditions(ask);
  // A limit alone leaves the size of the page to us.
  const isOwn = perPage === WIDE || (perPage === undefined && limit !== undefined);
  const isSelective = pairs.some((pair) => !UNSELECTIVE.has(keyOf(pair)));
  return {
    list,
    wide: widen(job, pairs, free),
    exact: isOwn ? undefined : limit === undefined ? job : { ...job, ask: free },
    keep: Math.min(limit ?? WIDE, isOwn ? WIDE : (perPage ?? DEFAULT_PER_PAGE)),
    limit,
    isShaped,
    asksWide: isShaped && (isOwn || !isSelective),
  };
}

const keyOf = (pair: string): string => pair.slice(0, pair.indexOf("="));

/** A cut answer has no validator of its own, so the caller's conditions say nothing about it. */
const withoutConditions = (ask: Ask): Ask => ({ ...ask, ifNoneMatch: undefined, ifModifiedSince: undefined });

/** The same question for a page of a hundred: an ordinary job, whose entry is that question's own. */
function widen(job: Job, pairs: readonly string[], ask: Ask): Job {
  const others = pairs.filter((pair) => keyOf(pair) !== "per_page");
  const query = [...others, `per_page=${WIDE}`].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).join("&");
  const { match } = job.route;
  const route = { ...job.route, canonicalQuery: query, upstreamTarget: `${match.upstreamPath}?${query}` };
  return { ...job, ask, route, cacheKey: cacheKeyOf(job.pool.id, route, ask.apiVersion, job.discriminator ?? "") };
}

/** @throws RelayError as the wide or the exact question does. */
export async function answerReshaped(plan: Plan, steps: Steps): Promise<Answer> {
  if (plan.exact === undefined) return limited(plan, await steps.answer(plan.wide, await steps.look(plan.wide)));
  return plan.asksWide ? askWide(plan, plan.exact, steps) : askExact(plan, plan.exact, steps);
}

async function askWide(plan: Plan, exact: Job, steps: Steps): Promise<Answer> {
  const wide = await steps.look(plan.wide);
  const isThere = wide.verdict.kind === "fresh" || wide.verdict.kind === "revalidating";
  const narrow = isThere ? undefined : await steps.look(exact);
  const isSpared = narrow?.verdict.kind === "fresh";
  const cut = isSpared ? undefined : await fromWide(plan, wide, steps);
  return cut ?? limited(plan, await steps.answer(exact, narrow ?? (await steps.look(exact))));
}

/** Nothing is asked for that the caller did not ask, but a page that is there already may answer. */
async function askExact(plan: Plan, exact: Job, steps: Steps): Promise<Answer> {
  const isNear = steps.remembers(plan.wide.cacheKey) && !steps.remembers(exact.cacheKey);
  const near = isNear ? await fromFreshWide(plan, steps) : undefined;
  if (near !== undefined) return near;
  const found = await steps.look(exact);
  const cut = found.verdict.kind === "fresh" || isNear ? undefined : await fromFreshWide(plan, steps);
  if (cut !== undefined) return cut;
  const answer = await steps.answer(exact, found);
  const whole = plan.isShaped ? wholeList(plan, exact, answer) : undefined;
  if (whole !== undefined) steps.background(steps.keepAs(plan.wide, whole, found));
  return limited(plan, answer);
}

/** A page fetched just now that is all there is, and so holds what every wider one would: the page of a hundred too. */
function wholeList({ list }: Plan, { ask }: Job, answer: Answer): Answer | undefined {
  const { cacheable, coalesced, createdAt } = answer.facts;
  const isOwnFill = answer.status === 200 && cacheable && coalesced !== true && (createdAt ?? 0) >= ask.startedAt;
  const outline = isOwnFill ? outlined(answer, list) : undefined;
  const isWhole = outline !== undefined && outline.total <= outline.ends.length;
  return isWhole ? cutTo(answer, outline, WIDE) : undefined;
}

async function fromFreshWide(plan: Plan, steps: Steps): Promise<Answer | undefined> {
  const found = await steps.look(plan.wide);
  return found.verdict.kind === "fresh" ? fromWide(plan, found, steps) : undefined;
}

/** Undefined where the wide page cannot prove the narrow one, or is more than the relay takes. */
async function fromWide(plan: Plan, found: Found, steps: Steps): Promise<Answer | undefined> {
  let answer: Answer;
  try {
    answer = await steps.answer(plan.wide, found);
  } catch (error) {
    if (error instanceof RelayError && error.code === "github_response_too_large") return undefined;
    throw error;
  }
  // What is wrong does not depend on the size of the page.
  if (answer.status !== 200) return answer;
  const outline = outlined(answer, plan.list);
  if (outline !== undefined && isProven(plan, outline)) return cutTo(answer, outline, plan.keep);
  steps.spent(answer.facts.quotaUnits);
  return undefined;
}

/** The page holds all that the narrow one would; without a shape, all there is, so that GitHub would send no `Link`. */
export function isProven({ keep, isShaped }: Pick<Plan, "keep" | "isShaped">, { total, ends }: ListOutline): boolean {
  const isWhole = total <= ends.length;
  return isShaped ? keep <= ends.length || isWhole : isWhole && total <= keep;
}

/** The caller's limit on an answer to the caller's own question. */
function limited({ limit, list }: Plan, answer: Answer): Answer {
  if (limit === undefined || answer.status !== 200) return answer;
  const outline = outlined(answer, list);
  return outline === undefined || outline.ends.length <= limit ? answer : cutTo(answer, outline, limit);
}

/** By the stored bytes, which stay the same while memory holds them: a hit scans nothing. */
const OUTLINES = new WeakMap<Uint8Array, ListOutline>();

function outlined(answer: Answer, list: string): ListOutline | undefined {
  if (answer.encoding !== "json") return undefined;
  const outline = OUTLINES.get(answer.body) ?? outlineOf(answer.body, list);
  if (outline !== undefined) OUTLINES.set(answer.body, outline);
  return outline;
}

/** What describes the whole page does not describe a part of it. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set(["etag", "last-modified", "link", "content-length"]);

function cutTo(answer: Answer, outline: ListOutline, keep: number): Answer {
  const body = cutList(answer.body, outline, keep);
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !OF_THE_WHOLE.has(name)));
  return { ...answer, headers, headersJson: JSON.stringify(headers), body, envelopeBody: () => body };
}
