/**
 * Where is this log? Asked of GitHub by one leader at a time; the redirect is not followed here. Followers are told by a
 * word what became of it, for a log is handed over through R2, never through the coordinator.
 */
import type { AttemptReport, BeginTurn, FillOutcome } from "../coordinator/protocol.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import type { Outcome } from "./attempt.ts";
import { beginFill, markTurn } from "./begin-fill.ts";
import { shapeOf } from "./cleaning/allow/index.ts";
import { toReply, type CleanReply } from "./reply.ts";
import { detailsOf } from "./setback.ts";
import type { CacheEntry, Job } from "./stages.ts";
import type { Course } from "./trail.ts";
import { fetchUpstream, type Fetched } from "./upstream.ts";

/** A lease lasts 8 s and is not renewed: a follower whose leader takes longer than this goes on alone. */
const FOLLOW_MS = 5_000;
/** An outcome this young answers a new asker. */
const REUSE_MS = 2_000;
/** GitHub's refusals are small; a larger answer is asked for by each. */
const MAX_INLINE_BYTES = 64 * 1024;

/** What became of the leader's question. `stored`, `confirmed`: R2 has it; `alone`: everyone must ask for himself. */
export type Word = "stored" | "confirmed" | "alone";

export type LogTurn =
  /** The leader's: GitHub has it, at this address. `tell` must be called, whatever comes of it; its first word counts. */
  | {
      readonly kind: "signed";
      readonly url: string;
      readonly apiHeaders: Headers;
      readonly redirectedTo: number | undefined;
      readonly fetched: Fetched;
      readonly tell: (word: Word | { readonly failed: ErrorCode }) => Promise<void>;
    }
  /** GitHub's answer is no log: mostly a 404 or a 410. */
  | {
      readonly kind: "answered";
      readonly reply: CleanReply | InlineAnswer;
      readonly identity: CacheEntry["identity"];
      readonly fetched: Fetched | undefined;
    }
  | { readonly kind: "told"; readonly word: Word; readonly finishedAt: number }
  /** `fetched`: the leader's own, to be accounted for. */
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly details?: Readonly<Record<string, string>>;
      readonly fetched?: Fetched;
    };

type InlineAnswer = Pick<CleanReply, "status" | "headers" | "encoding" | "body" | "filtered">;

/** @param shared false: asks for itself alone. Never throws a RelayError. */
export async function askForLog(job: Job, shared: boolean, course: Course, deps: Deps): Promise<LogTurn> {
  const reuseMs = Math.min(REUSE_MS, (job.ask.maxAgeSeconds ?? Infinity) * 1000);
  const first = await begin(job, shared, reuseMs, course, deps);
  // By the clock of those who ask: what was found out longer ago than that is no answer to this one.
  const isOld = first.kind === "follow" && job.ask.startedAt - first.outcome.finishedAt > reuseMs;
  const turn = isOld ? await begin(job, shared, 0, course, deps) : first;
  switch (turn.kind) {
    case "lead": {
      const led = lead(job, turn, course, deps);
      deps.background(led);
      return led;
    }
    case "follow":
      return fromOutcome(turn.outcome);
    case "overloaded":
      return { kind: "failed", code: "relay_overloaded" };
    case "timeout":
      return { kind: "told", word: "alone", finishedAt: deps.now() };
    default:
      return turn satisfies never;
  }
}

async function begin(
  job: Job,
  shared: boolean,
  acceptFinishedMs: number,
  { trail, deadlineAt }: Course,
  deps: Deps,
): Promise<BeginTurn> {
  const waitMs = Math.max(0, Math.min(FOLLOW_MS, deadlineAt - deps.now()));
  const turn = await beginFill(job, { acceptFinishedMs, waitMs, shared }, deps);
  markTurn(turn, trail);
  return turn;
}

async function lead(
  job: Job,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  course: Course,
  deps: Deps,
): Promise<LogTurn> {
  let reply: CleanReply | undefined;
  const acceptable = (outcome: Outcome, identity: { readonly publicOnly: boolean } | undefined): boolean => {
    if (outcome.kind !== "answered") return true;
    const reader = identity === undefined ? "anonymous" : identity.publicOnly ? "public_only" : "identity";
    reply = toReply(outcome, job.route.variant, reader, { shape: shapeOf(job.route.match.route, outcome.status) });
    return reply !== undefined;
  };
  const asking = {
    stale: undefined,
    selection: turn.selection,
    course,
    acceptable,
    beforeIdentity: () => undefined,
  };
  const fetched = await fetchUpstream(plain(job), asking, deps);
  const { outcome, attempts } = fetched;
  const identity =
    fetched.identity === undefined ? undefined : { id: fetched.identity.id, kind: fetched.identity.kind };
  const finish = (told: FillOutcome) => report(job, turn, told, attempts, deps);
  const finishedAt = deps.now();
  switch (outcome.kind) {
    case "signed": {
      const { url, headers: apiHeaders, redirectedTo } = outcome;
      let isTold = false;
      const tell: Extract<LogTurn, { kind: "signed" }>["tell"] = async (word) => {
        if (isTold) return;
        isTold = true;
        const told = { kind: "failed", finishedAt: deps.now() } as const;
        await finish(typeof word === "string" ? saying(word, told.finishedAt) : { ...told, code: word.failed });
      };
      return { kind: "signed", url, apiHeaders, redirectedTo, fetched, tell };
    }
    case "answered":
    case "unchanged":
      if (reply === undefined) break;
      await finish(inline(reply, identity, finishedAt));
      return { kind: "answered", reply, identity, fetched };
    case "failed": {
      const details = detailsOf(fetched.setbacks);
      await finish({ kind: "failed", code: outcome.code, details, finishedAt });
      return { kind: "failed", code: outcome.code, details, fetched };
    }
    default:
      return outcome satisfies never;
  }
  await finish(saying("alone", finishedAt));
  return { kind: "failed", code: "github_unavailable" };
}

/** The caller's own condition is about the log, and is answered here; GitHub is asked where it lies. */
function plain(job: Job): Job {
  return { ...job, ask: { ...job.ask, ifNoneMatch: undefined, ifModifiedSince: undefined } };
}

async function report(
  job: Job,
  turn: Extract<BeginTurn, { kind: "lead" }>,
  outcome: FillOutcome,
  attempts: readonly AttemptReport[],
  deps: Deps,
): Promise<void> {
  await deps
    .coordinator(job.pool.id)
    .finish({ fillKey: job.cacheKey, lease: turn.lease, callerId: job.caller.id, outcome, attempts })
    .catch(() => false); // unreachable: nobody waits there
}

function saying(word: Word, finishedAt: number): FillOutcome {
  const reply = { status: 200, headers: {}, encoding: "text" as const, body: new Uint8Array(0), meta: { word } };
  return { kind: "shared", reply, finishedAt };
}

function inline(reply: CleanReply, identity: CacheEntry["identity"], finishedAt: number): FillOutcome {
  const { status, headers, encoding, body, filtered } = reply;
  if (body.byteLength > MAX_INLINE_BYTES) return saying("alone", finishedAt);
  const meta = { word: "answered", filtered, identityId: identity?.id ?? null, identityKind: identity?.kind ?? null };
  return { kind: "shared", reply: { status, headers, encoding, body, meta }, finishedAt };
}

/** Written by `saying` and `inline` above, in another request of the same deployment. */
function fromOutcome(outcome: FillOutcome): LogTurn {
  if (outcome.kind === "failed") {
    const { code, details } = outcome;
    return { kind: "failed", code, ...(details === undefined ? {} : { details }) };
  }
  const { reply, finishedAt } = outcome;
  const word = reply?.meta["word"];
  if (reply === undefined || word === undefined) return { kind: "told", word: "alone", finishedAt };
  if (word !== "answered")
    return { kind: "told", word: word === "stored" || word === "confirmed" ? word : "alone", finishedAt };
  const { identityId: id, identityKind: kind, filtered } = reply.meta;
  const known = typeof id === "string" && (kind === "pat" || kind === "github_app");
  const answer = { ...reply, filtered: filtered === true };
  return { kind: "answered", reply: answer, identity: known ? { id, kind } : undefined, fetched: undefined };
}
