/** Asks the sources in order until one answers. Runs in the leader of a fill only. */
import type { AttemptReport, Selection } from "../coordinator/protocol.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { noteAnonymousRate } from "./anonymous-budget.ts";
import type { Attempt, Attempted, Outcome } from "./attempt.ts";
import { isRenderedForAsker } from "./cleaning/rendered.ts";
import { type Credential, credentialOf, forgetCredential } from "./credential.ts";
import { setupProblem } from "./identity-setup.ts";
import { isResting } from "./rests.ts";
import type { Setback } from "./setback.ts";
import { hasValidator, orderSources, type Source } from "./sources.ts";
import type { CacheEntry, Identity, Job } from "./stages.ts";
import type { Course, Trail } from "./trail.ts";
import { MARK } from "./trail-marks.ts";
import { TRANSPORTS } from "./transports.ts";

export interface Fetched {
  readonly outcome: Exclude<Outcome, { kind: "declined" }> | { readonly kind: "failed"; readonly code: ErrorCode };
  /** Identities that could not, in the order in which they were tried. */
  readonly setbacks: readonly Setback[];
  readonly identity: Identity | undefined;
  /** Undefined: nobody answered. */
  readonly source: Source | undefined;
  readonly leaseReason: "sticky" | "highest_remaining" | undefined;
  readonly askedAt: number;
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  readonly attempts: readonly AttemptReport[];
}

export interface Asking {
  /** What is stored, of any age. */
  readonly stale: CacheEntry | undefined;
  readonly selection: Selection;
  readonly course: Course;
  /** May refuse an answer whose cleaning would change its meaning: the next source is tried. */
  readonly acceptable: (outcome: Outcome, identity: Identity | undefined) => boolean | Promise<boolean>;
  /** Called before an identity is asked: what it reads needs a proof beside it. */
  readonly beforeIdentity: () => void;
}

export async function fetchUpstream(job: Job, asking: Asking, deps: Deps): Promise<Fetched> {
  const { stale, selection, course } = asking;
  const tally = new Tally();
  const rate = deps.isolate.rates.get(job.route.match.route.resource);
  const sources = orderSources(job, stale, rate, deps.now()).filter((source) => !isResting(source, deps));
  for (const source of sources) {
    if (source === "identity") asking.beforeIdentity();
    for (const chosen of source === "identity" ? identitiesOf(selection, job) : [undefined]) {
      const credential = chosen === undefined ? undefined : await credentialOf(chosen, course.deadlineAt, deps);
      if (chosen !== undefined && credential !== undefined) markCredential(chosen, credential, course.trail);
      if (credential?.kind === "unusable") {
        tally.unusable(credential);
        continue;
      }
      const identity =
        chosen === undefined || credential === undefined ? undefined : { ...chosen, token: credential.token };
      const attempted = await TRANSPORTS[source](job, toAttempt(job, asking, identity), deps);
      if (attempted === undefined) continue;
      tally.add(attempted);
      course.trail.span(MARK[source], attempted.askedAt, noteOf(attempted, identity));
      const { outcome } = attempted;
      if (source === "anonymous")
        noteAnonymousRate(attempted.rate, outcome.kind === "declined" ? outcome.refusal : undefined, deps);
      if (outcome.kind !== "declined" && (await asking.acceptable(outcome, identity)))
        return tally.done(outcome, { source, identity, askedAt: attempted.askedAt }, selection);
      tally.declined(outcome, source, identity);
      if (identity !== undefined && isRefused(outcome)) forgetCredential(identity, deps);
      if (outcome.kind === "declined" && outcome.final) return tally.failed(outcome.code);
    }
  }
  const code = whyNone(job, tally, selection);
  if (code === "no_identity") tally.setbacks.push(...lackingSetup(job, deps));
  return tally.failed(code);
}

/** A personal access token is at hand; an App's may have to be made. */
function markCredential(identity: Identity, credential: Credential, trail: Trail): void {
  if (credential.kind === "unusable") trail.step(MARK.token, `${identity.id} ${credential.setback.code}`);
  else if (identity.kind === "github_app") trail.step(MARK.token, identity.id);
}

/** Who asked, what GitHub's status was (0: none came), and why that is no answer, where it is none. */
function noteOf({ status, outcome }: Attempted, identity: Identity | undefined): string {
  const who = identity === undefined ? "" : ` ${identity.id}`;
  return outcome.kind === "declined" ? `${status}${who} ${outcome.code}` : `${status}${who}`;
}

function toAttempt(job: Job, { stale, course: { deadlineAt } }: Asking, identity: Attempt["identity"]): Attempt {
  const renews = stale !== undefined && stale.identity?.id === identity?.id && hasValidator(stale) ? stale : undefined;
  return { identity, renews, stored: stale, condition: stale === undefined ? job.ask : {}, deadlineAt };
}

class Tally {
  quotaUnits = 0;
  upstreamCalls = 0;
  readonly attempts: AttemptReport[] = [];
  readonly setbacks: Setback[] = [];
  /** Why the last identity could not; undefined: none was asked. */
  byIdentity: ErrorCode | undefined;
  anonymously: ErrorCode | undefined;

  add(attempted: Attempted): void {
    this.quotaUnits += attempted.quotaUnits;
    this.upstreamCalls += attempted.upstreamCalls;
    if (attempted.report !== undefined) this.attempts.push(attempted.report);
  }

  /** That a source without quota could not be exact is nobody's reason. */
  declined(outcome: Outcome, source: Source, identity: Identity | undefined): void {
    const code = outcome.kind === "declined" ? outcome.code : "web_only_unavailable";
    if (source === "anonymous") this.anonymously = code;
    if (identity === undefined) return;
    this.byIdentity = code;
    if (outcome.kind === "declined" && outcome.refusal !== undefined)
      this.setbacks.push({ identityId: identity.id, code });
  }

  unusable({ code, setback }: Extract<Credential, { kind: "unusable" }>): void {
    this.byIdentity = code;
    this.setbacks.push(setback);
  }

  done(
    outcome: Exclude<Outcome, { kind: "declined" }>,
    by: { readonly source: Source; readonly identity: Identity | undefined; readonly askedAt: number },
    selection: Selection,
  ): Fetched {
    const leaseReason = by.identity !== undefined && selection.kind === "selected" ? selection.leaseReason : undefined;
    return { outcome, ...by, leaseReason, ...this.#sums() };
  }

  failed(code: ErrorCode): Fetched {
    return {
      outcome: { kind: "failed", code },
      identity: undefined,
      source: undefined,
      leaseReason: undefined,
      askedAt: 0,
      ...this.#sums(),
    };
  }

  #sums() {
    const { quotaUnits, upstreamCalls, attempts, setbacks } = this;
    return { quotaUnits, upstreamCalls, attempts, setbacks };
  }
}

/** A suspended installation's token is refused with 403, and a new one tells whether it is. */
function isRefused(outcome: Outcome): boolean {
  const refusal = outcome.kind === "declined" ? outcome.refusal?.kind : undefined;
  return refusal === "unauthorized" || refusal === "forbidden";
}

/** The coordinator's choice; at most three in one request. Where it matters, first what sees nothing private. */
function identitiesOf(selection: Selection, job: Job): readonly Identity[] {
  if (selection.kind === "none") return [];
  const chosen = selection.identities.slice(0, 3).flatMap((id) => job.eligible.find((one) => one.id === id) ?? []);
  if (job.route.match.route.references !== "items") return chosen;
  return chosen.toSorted((a, b) => Number(b.publicOnly) - Number(a.publicOnly));
}

/** Active identities of the pool that were never candidates: nobody would look for them without being told. */
function lackingSetup(job: Job, deps: Deps): readonly Setback[] {
  return job.pool.identities.flatMap((identity) => {
    const code = identity.status === "active" ? setupProblem(identity, deps) : undefined;
    return code === undefined ? [] : [{ identityId: identity.id, code }];
  });
}

/** The reason people can act on: what the last identity met, else why none was chosen, else that none may. */
function whyNone(job: Job, tally: Tally, selection: Selection): ErrorCode {
  if (tally.byIdentity !== undefined) return tally.byIdentity;
  if (job.eligible.length > 0 && selection.kind === "none") return selection.reason;
  if (tally.anonymously === "github_rate_limited") return tally.anonymously;
  const takesIdentity = job.route.match.route.transports.includes("identity");
  const othersMay = job.pool.identities.some((identity) => identity.status === "active");
  // Identities there are, but this repository (or row) is served without them: its token-free source is the only one.
  if (!takesIdentity || (othersMay && !job.ownerAllowed)) return "web_only_unavailable";
  return othersMay && isRenderedForAsker(job.route) ? "web_only_unavailable" : "no_identity";
}
