/** What happened to one request, stage by stage: becomes its audit row. Holds no value of a query, body or token. */
import { STATS_BACKENDS, type MissReason } from "../../shared/cache-status.ts";
import { ERRORS, RelayError } from "../../shared/errors.ts";
import type { RouteMatch } from "../../shared/route-match.ts";
import type { Deps } from "../deps.ts";
import type { AuditRow } from "../store/audit.ts";
import type { Found } from "./lookup.ts";
import type { RelayBody } from "./parse.ts";
import type { Setback } from "./setback.ts";
import type { Answer, Caller } from "./stages.ts";
import { MARK, type MarkCode, Marks } from "./trail-marks.ts";

/** What the stages of one request share: where they leave their marks, and how long they have. */
export interface Course {
  readonly trail: Trail;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
}

export class Trail {
  readonly #now: () => number;
  readonly startedAt: number;
  readonly #marks = new Marks();
  match: RouteMatch | undefined;
  missReason: MissReason | undefined;
  quotaUnits = 0;
  upstreamCalls = 0;
  readonly setbacks: Setback[] = [];
  /** Work that goes on after the answer: what it spends belongs to this request. */
  readonly behind: Promise<unknown>[] = [];
  #endedAt: number | undefined;

  readonly #of: Trail | undefined;

  /** @param of the request's own trail: what a question beside it spends is on both. */
  constructor(now: () => number, startedAt: number, of?: Trail) {
    this.#now = now;
    this.#of = of;
    this.startedAt = startedAt;
  }

  matched(match: RouteMatch): RouteMatch {
    this.match = match;
    return match;
  }

  /** The stage ends now; it began where the one before ended. */
  step(code: MarkCode, note?: string): void {
    this.#marks.step(code, this.#now() - this.startedAt, note);
  }

  /** The stage waited for nothing, and the clock moves only while something is waited for. */
  pass(code: MarkCode, note?: string): void {
    this.#marks.pass(code, note);
  }

  /** The stage ends now and began at `from` (epoch ms), beside others or not. */
  span(code: MarkCode, from: number, note?: string): void {
    this.#marks.span(code, from - this.startedAt, this.#now() - this.startedAt, note);
  }

  looked({ verdict }: Found): void {
    if (verdict.kind === "absent") this.missReason = "absent";
    else if (verdict.kind === "stale") this.missReason = "expired";
    else if (verdict.kind === "unusable") this.missReason = verdict.why;
  }

  /** Beyond what the answer's own facts count: proofs, and fills that were refused. */
  spent(units: number, calls = 0): void {
    this.quotaUnits += units;
    this.upstreamCalls += calls;
    this.#of?.spent(units, calls);
  }

  /** Identities that were tried and could not. */
  met(setbacks: readonly Setback[]): void {
    this.setbacks.push(...setbacks);
    this.#of?.met(setbacks);
  }

  /** Runs on after the answer, which has its own time. */
  follow(work: Promise<unknown>, deps: Pick<Deps, "background">): void {
    if (this.#of !== undefined) return this.#of.follow(work, deps);
    this.behind.push(work);
    deps.background(work);
  }

  /** All that runs on behind the answer has ended, and what that began in its turn. */
  async settled(): Promise<void> {
    for (let known = 0; known < this.behind.length;) {
      known = this.behind.length;
      await Promise.allSettled(this.behind);
    }
  }

  /** The caller has the answer. */
  end(): void {
    const now = this.#now();
    this.#endedAt = now;
    this.#marks.step(MARK.answer, now - this.startedAt);
  }

  get durationMs(): number {
    return (this.#endedAt ?? this.#now()) - this.startedAt;
  }

  get text(): string {
    return this.#marks.text;
  }
}

/** The row of one validated request, served or refused. */
export function auditOf(
  body: RelayBody,
  caller: Caller,
  trail: Trail,
  end: { readonly answer: Answer } | { readonly error: unknown },
  deps: Deps,
): AuditRow {
  const base = {
    requestId: deps.requestId,
    at: trail.startedAt,
    poolId: body.pool,
    callerId: caller.id,
    clientName: caller.clientName,
    routeKind: trail.match?.route.kind ?? "unclassified",
    routeKey: routeKeyOf(trail.match),
    durationMs: trail.durationMs,
    trail: trail.text,
    missReason: trail.missReason,
  };
  if ("error" in end) {
    const { quotaUnits, upstreamCalls, setbacks } = trail;
    const identityId = setbacks.at(-1)?.identityId;
    return { ...base, ...refused(end.error), identityId, quotaUnits, upstreamCalls, setbacks };
  }
  const { facts, status, identity } = end.answer;
  const served = facts.cache === "miss" || facts.cache === "bypass" || facts.revalidated === true;
  return {
    ...base,
    status,
    identityId: identity?.id,
    cache: facts.cache,
    backend: served ? STATS_BACKENDS[facts.backend] : undefined,
    quotaUnits: facts.quotaUnits + trail.quotaUnits,
    upstreamCalls: facts.upstreamCalls + trail.upstreamCalls,
    coalesced: facts.coalesced === true,
    revalidated: facts.revalidated === true,
    cacheable: facts.cacheable,
    staleReason: facts.staleReason,
    setbacks: [...trail.setbacks, ...(facts.setbacks ?? [])],
  };
}

function refused(error: unknown) {
  const known = error instanceof RelayError ? error : new RelayError("internal_error");
  const falls = known.spec.mayFallBack;
  return {
    status: falls ? ERRORS.fallback_local.status : known.spec.status,
    errorCode: falls ? ("fallback_local" as const) : known.code,
    fallbackReason: falls ? known.code : undefined,
    cache: "unknown" as const,
    coalesced: false,
    revalidated: false,
    cacheable: false,
  };
}

/** Owner and repository only: what else a path holds stands as its parameter's name. */
function routeKeyOf(match: RouteMatch | undefined): string {
  if (match === undefined) return "unclassified";
  const { template } = match.route;
  return match.owner === undefined || match.repo === undefined
    ? template
    : template.replace("{owner}", match.owner).replace("{repo}", match.repo);
}
