/** One attempt at GitHub with one credential or none: the request, and what its answer means. */
import type { AttemptReport } from "../coordinator/protocol.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { askGitHub, type GitHubReply } from "../github/client.ts";
import { readRate, readRefusal, type Refusal } from "../github/rate.ts";
import { redirectOf } from "../github/redirect.ts";
import type { CacheEntry, Identity, Job } from "./stages.ts";

export const MAX_REDIRECTS = 2;
/** Where GitHub keeps what it hands out under signed addresses (3-github, Job logs). */
const BLOB_HOST =
  /^([a-z0-9-]+\.)*(actions\.githubusercontent\.com|blob\.core\.windows\.net|release-assets\.githubusercontent\.com|objects\.githubusercontent\.com)$/;

export interface Attempt {
  /** Undefined: anonymously. */
  readonly identity: (Identity & { readonly token: string }) | undefined;
  /** Asked conditionally, where its validator is of use to this credential. */
  readonly renews: CacheEntry | undefined;
  /** What is stored for the question, of any age and whoever filled it. */
  readonly stored: CacheEntry | undefined;
  /** The caller's own condition, where nothing is stored. */
  readonly condition: { readonly ifNoneMatch?: string | undefined; readonly ifModifiedSince?: string | undefined };
  readonly deadlineAt: number;
}

export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array;
      readonly redirectedTo: number | undefined;
    }
  | { readonly kind: "unchanged"; readonly headers: Headers }
  /** Of a log only: where its bytes lie. The address is a credential: it is fetched, and neither kept nor shown. */
  | {
      readonly kind: "signed";
      readonly url: string;
      readonly headers: Headers;
      readonly redirectedTo: number | undefined;
    }
  /** `final`: no other source would do better, so none is asked. */
  | {
      readonly kind: "declined";
      readonly code: ErrorCode;
      readonly final: boolean;
      readonly refusal: Refusal | undefined;
    };

export interface Attempted {
  readonly outcome: Outcome;
  /** GitHub's last one; 0 where none came. */
  readonly status: number;
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  readonly rate: ReturnType<typeof readRate>;
  readonly report: AttemptReport | undefined;
  readonly askedAt: number;
}

export async function attempt(job: Job, one: Attempt, deps: Deps): Promise<Attempted> {
  const askedAt = deps.now();
  const { reply, hops, redirectedTo } = await follow(job, one, deps);
  const rate = reply.kind === "unreachable" ? undefined : readRate(reply.headers);
  const outcome = readOutcome(reply, one, redirectedTo);
  const free = outcome.kind === "unchanged" && one.identity !== undefined;
  const quotaUnits = reply.kind === "unreachable" || free ? 0 : 1;
  return {
    outcome,
    status: reply.kind === "unreachable" ? 0 : reply.status,
    quotaUnits,
    upstreamCalls: hops,
    rate,
    askedAt,
    report: toReport(job, one, outcome, quotaUnits > 0, rate, deps.now() - askedAt),
  };
}

function headersOf(job: Job, one: Attempt): Record<string, string> {
  const headers: Record<string, string> = {
    accept: job.route.upstreamAccept,
    "x-github-api-version": job.ask.apiVersion,
  };
  if (one.identity !== undefined) headers["authorization"] = `Bearer ${one.identity.token}`;
  const { etag, "last-modified": modified } = one.renews?.headers ?? {};
  if (etag !== undefined) headers["if-none-match"] = etag;
  else if (modified !== undefined) headers["if-modified-since"] = modified;
  if (one.renews === undefined && one.condition.ifNoneMatch !== undefined)
    headers["if-none-match"] = one.condition.ifNoneMatch;
  if (one.renews === undefined && one.condition.ifModifiedSince !== undefined)
    headers["if-modified-since"] = one.condition.ifModifiedSince;
  return headers;
}

interface Followed {
  readonly reply:
    | GitHubReply
    | { readonly kind: "redirect_denied"; readonly status: number; readonly headers: Headers }
    | { readonly kind: "signed"; readonly status: number; readonly url: string; readonly headers: Headers };
  readonly hops: number;
  /** The repository a redirect named. */
  readonly redirectedTo: number | undefined;
}

/** Redirects on the API origin keep the credential; a signed blob address is fetched without it, over https. */
async function follow(job: Job, one: Attempt, deps: Deps): Promise<Followed> {
  const { githubApiOrigin, maxResponseBytes } = deps.config;
  let url = githubApiOrigin + job.route.upstreamTarget;
  let headers = headersOf(job, one);
  let redirectedTo: number | undefined;
  for (let hops = 1; ; hops++) {
    const reply = await askGitHub({ url, headers, deadlineAt: one.deadlineAt, maxBytes: maxResponseBytes }, deps);
    const location =
      reply.kind === "reply" && reply.status >= 300 && reply.status < 400 && reply.status !== 304
        ? reply.headers.get("location")
        : null;
    if (reply.kind !== "reply" || location === null) return { reply, hops, redirectedTo };
    const onApi = redirectOf(reply, githubApiOrigin);
    if (hops > MAX_REDIRECTS || (onApi === undefined && !isBlob(location, deps))) {
      return { reply: { kind: "redirect_denied", status: reply.status, headers: reply.headers }, hops, redirectedTo };
    }
    // A log streams past the bound of a body, and to know that it is still there its bytes are not needed.
    if (onApi === undefined && job.route.match.route.freshness.policy === "log") {
      return {
        reply: { kind: "signed", status: reply.status, url: location, headers: reply.headers },
        hops,
        redirectedTo,
      };
    }
    if (onApi === undefined) headers = {};
    else redirectedTo = Number(/^\/repositories\/(\d+)/.exec(new URL(onApi).pathname)?.[1] ?? Number.NaN);
    url = onApi ?? location;
  }
}

/** True for an https address of GitHub's blob hosts, or of the stand-in's web origin: it is fetched without credentials. */
export function isBlob(location: string, deps: Pick<Deps, "config">): boolean {
  if (!URL.canParse(location)) return false;
  const url = new URL(location);
  // A stand-in serves its blobs from its web origin; GitHub's own web origin never does.
  const standIn = deps.config.githubWebOrigin !== "https://github.com" && url.origin === deps.config.githubWebOrigin;
  return standIn || (url.protocol === "https:" && BLOB_HOST.test(url.hostname));
}

function readOutcome(reply: Followed["reply"], one: Attempt, redirectedTo: number | undefined): Outcome {
  if (reply.kind === "too_large") return declined("github_response_too_large", true);
  if (reply.kind === "redirect_denied") return declined("github_redirect_denied", true);
  if (reply.kind === "signed") return { kind: "signed", url: reply.url, headers: reply.headers, redirectedTo };
  if (reply.kind === "unreachable") return declined("github_unavailable", true, { kind: "failed" });
  if (reply.status === 304 && one.renews !== undefined) return { kind: "unchanged", headers: reply.headers };
  // "Not modified" to a question without a condition says nothing: another source may know better.
  const { ifNoneMatch, ifModifiedSince } = one.condition;
  if (reply.status === 304 && (ifNoneMatch ?? ifModifiedSince) === undefined)
    return declined("github_unavailable", false);
  // A redirect that names no place cannot be followed, and none is ever passed on (2-wire, Fallback).
  if (reply.status >= 300 && reply.status < 400 && reply.status !== 304)
    return declined("github_redirect_denied", true);
  const refusal = readRefusal(reply.status, reply.headers, reply.body);
  if (refusal !== undefined) return declined(codeOf(refusal), refusal.kind === "failed", refusal);
  if (
    reply.status === 422 &&
    /pagination is limited|only the first \d+ search results/i.test(
      new TextDecoder().decode(reply.body.subarray(0, 2048)),
    )
  ) {
    return declined("pagination_exhausted", true);
  }
  return { kind: "answered", status: reply.status, headers: reply.headers, body: reply.body, redirectedTo };
}

function declined(code: ErrorCode, final: boolean, refusal?: Refusal): Outcome {
  return { kind: "declined", code, final, refusal };
}

function codeOf(refusal: Refusal): ErrorCode {
  switch (refusal.kind) {
    case "unauthorized":
      return "github_identity_unauthorized";
    case "depleted":
      return "github_identity_depleted";
    case "throttled":
      return "github_rate_limited";
    case "forbidden":
      return "github_identity_forbidden";
    case "failed":
      return "github_unavailable";
    default:
      return refusal satisfies never;
  }
}

function toReport(
  job: Job,
  one: Attempt,
  outcome: Outcome,
  charged: boolean,
  rate: Attempted["rate"],
  durationMs: number,
): AttemptReport | undefined {
  if (one.identity === undefined) return undefined;
  const refusal = outcome.kind === "declined" ? outcome.refusal : undefined;
  const told = refusal?.kind === "throttled" ? refusal.retryAfterMs : undefined;
  const result: AttemptReport["result"] =
    refusal === undefined
      ? { kind: "ok", charged }
      : refusal.kind === "throttled"
        ? { kind: "throttled", ...(told === undefined ? {} : { retryAfterMs: told }) }
        : { kind: refusal.kind };
  return {
    identityId: one.identity.id,
    kind: one.identity.kind,
    resource: rate?.resource ?? job.route.match.route.resource,
    routeKey: job.routeKey,
    result,
    durationMs,
    ...(rate === undefined ? {} : { rate }),
  };
}
