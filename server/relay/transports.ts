/**
 * Every way to reach GitHub behind one door: files, diffs and git without the API's quota, the API without a credential
 * and with one. A transport that cannot be exact declines, before it asks (undefined) or after; none approximates.
 */
import { type Attempt, attempt, type Attempted } from "./attempt.ts";
import type { Deps } from "../deps.ts";
import { askGitHub, type GitHubReply } from "../github/client.ts";
import { readRefusal } from "../github/rate.ts";
import { planDiff } from "../github/transports/diff.ts";
import { planGit } from "../github/transports/git.ts";
import { planRaw } from "../github/transports/raw.ts";
import type { Planner, WebPlan, WebQuestion } from "../github/transports/web-plan.ts";
import { rest } from "./rests.ts";
import type { Source, TokenFreeSource } from "./sources.ts";
import type { Job } from "./stages.ts";

/** A free source that hangs must leave the others their time. */
const WEB_WITHIN_MS = 4_000;
/** How long a source rests that failed without telling how long; GitHub names the minute for limits. */
const REST_MS = { throttled: 60_000, failed: 30_000 } as const;

export type Transport = (job: Job, one: Attempt, deps: Deps) => Promise<Attempted> | undefined;

export const TRANSPORTS: Readonly<Record<Source, Transport>> = {
  raw: web("raw", planRaw),
  diff: web("diff", planDiff),
  git: web("git", planGit),
  anonymous: attempt,
  identity: attempt,
};

function web(source: TokenFreeSource, planner: Planner): Transport {
  return (job, one, deps) => {
    const plan = planner(questionOf(job, one, deps), deps.config);
    return plan === undefined ? undefined : carryOut(source, plan, one.deadlineAt, deps);
  };
}

function questionOf(job: Job, one: Attempt, deps: Deps): WebQuestion {
  const { match, variant, canonicalQuery } = job.route;
  const { owner = "", repo = "" } = match.params;
  return {
    match,
    variant,
    apiVersion: job.ask.apiVersion,
    query: canonicalQuery,
    ...nameOf(owner, repo, deps),
    stored: one.stored,
    file: deps.isolate.plainFiles.find(job),
  };
}

/** As GitHub writes it, where a proof told; under another name it is another repository, which only the API leads to. */
function nameOf(owner: string, repo: string, deps: Deps): { readonly owner: string; readonly repo: string } {
  const asked = `${owner}/${repo}`.toLowerCase();
  const told = deps.isolate.proofs.get(asked)?.fullName;
  const [knownOwner, knownRepo] = told?.toLowerCase() === asked ? told.split("/") : [];
  return { owner: knownOwner ?? owner, repo: knownRepo ?? repo };
}

async function carryOut(source: TokenFreeSource, plan: WebPlan, deadlineAt: number, deps: Deps): Promise<Attempted> {
  const askedAt = deps.now();
  const until = Math.min(deadlineAt, askedAt + WEB_WITHIN_MS);
  const { reply, hops } = await follow(plan, until, deps);
  noteTrouble(source, reply, deps);
  const body = reply.kind === "reply" && reply.status === 200 ? plan.read(reply.headers, reply.body) : undefined;
  const status = reply.kind === "unreachable" ? 0 : reply.status;
  const spent = { status, quotaUnits: 0, upstreamCalls: hops, rate: undefined, report: undefined, askedAt };
  if (body === undefined) {
    const declined = { kind: "declined", code: "web_only_unavailable", final: false, refusal: undefined } as const;
    return { ...spent, outcome: declined };
  }
  // Nothing else of that origin's headers is the API's: its etag would renew nothing there. Its age says what it proves.
  const headers = new Headers({ "content-type": plan.contentType });
  const age = reply.kind === "reply" ? reply.headers.get("age") : null;
  if (age !== null) headers.set("age", age);
  return { ...spent, outcome: { kind: "answered", status: 200, headers, body, redirectedTo: undefined } };
}

/** A redirect leads to the one place the plan names or nowhere: a renamed repository is the API's to find. */
async function follow(
  { url, headers, body, maxBytes, redirectsTo }: WebPlan,
  deadlineAt: number,
  deps: Deps,
): Promise<{ readonly reply: GitHubReply; readonly hops: number }> {
  const rest = { headers, deadlineAt, maxBytes };
  const reply = await askGitHub({ url, ...rest, ...(body === undefined ? {} : { body }) }, deps);
  const location = reply.kind === "reply" && reply.status === 302 ? reply.headers.get("location") : null;
  const leads = redirectsTo !== undefined && location?.toLowerCase() === redirectsTo.toLowerCase();
  if (location === null || !leads) return { reply, hops: 1 };
  return { reply: await askGitHub({ url: location, ...rest }, deps), hops: 2 };
}

function noteTrouble(source: TokenFreeSource, reply: GitHubReply, deps: Deps): void {
  if (reply.kind === "too_large") return;
  const refusal =
    reply.kind === "unreachable" ? ({ kind: "failed" } as const) : readRefusal(reply.status, reply.headers, reply.body);
  // 401 is how git says that there is no such public repository.
  if (refusal === undefined || refusal.kind === "unauthorized") return;
  const told = refusal.kind === "throttled" ? refusal.retryAfterMs : undefined;
  rest(source, told ?? (refusal.kind === "failed" ? REST_MS.failed : REST_MS.throttled), deps);
}
