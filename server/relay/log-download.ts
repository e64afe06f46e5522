/** From GitHub's redirect to the answer: the bytes are fetched, passed on and, where the log may be kept, stored. */
import { RelayError, type ErrorCode } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { logAnswer, streamedLog, wholeLog, type LogFactsOfAnswer, type LogParts } from "./log-answer.ts";
import type { LogTurn } from "./log-fill.ts";
import { keepSmall, keepStream, type Keeper } from "./log-keeper.ts";
import { putLog, revisionOf, type LogFacts } from "./log-store.ts";
import { carry, openLog, readWhole, type OpenLog } from "./log-stream.ts";
import { isRunAlone, readLive, type Subject } from "./log-subject.ts";
import { charge, type Walk } from "./log-walk.ts";
import { keptHeaders, rateLimitHeaders } from "./sanitize.ts";
import type { Answer } from "./stages.ts";
import { MARK } from "./trail-marks.ts";

/** A log of unknown length is kept up to this: R2 takes no stream without a length. */
const UNKNOWN_LENGTH_BYTES = 1024 * 1024;

type Signed = Extract<LogTurn, { kind: "signed" }>;

/** How one log is stored; undefined: it is not. */
type Store = { readonly key: string; readonly facts: Omit<LogFacts, "size"> } | undefined;

/** The leader's download. Calls `turn.tell` once. @throws RelayError github_response_too_large, github_unavailable, … */
export async function download(walk: Walk, subject: Subject, turn: Signed, deps: Deps): Promise<Answer> {
  charge(walk, turn.fetched);
  const [opened, mayKeep] = await Promise.all([
    openLog(turn.url, walk.deadlineAt, deps),
    isItsLog(walk, subject, turn.fetched.askedAt),
  ]);
  walk.trail.spent(0, opened.upstreamCalls);
  walk.trail.step(MARK.download, opened.kind === "failed" ? opened.code : undefined);
  if (opened.kind === "failed") return fail(turn, opened.code);
  const store = mayKeep ? storeOf(walk, turn, opened, deps) : undefined;
  walk.trail.missReason = store === undefined ? "bypass" : "absent";
  return walk.mayStream ? stream(walk, turn, opened, store, deps) : whole(walk, turn, opened, store, deps);
}

async function fail(turn: Signed, code: ErrorCode): Promise<never> {
  await turn.tell({ failed: code });
  throw new RelayError(code);
}

/**
 * Its job or attempt had ended before GitHub was asked for the log. A run's path names no attempt: that no newer one has
 * begun is read once more, after GitHub said where the log lies.
 */
async function isItsLog(walk: Walk, subject: Subject, askedAt: number): Promise<boolean> {
  const ended = subject.kind === "completed" && subject.staleReason === undefined;
  if (!ended || walk.key === undefined || walk.found.generations === undefined) return false;
  if (!isRunAlone(walk.job)) return true;
  const { subject: now } = await readLive(walk.job, walk);
  if (now === undefined) return false;
  charge(walk, now);
  return now.kind === "completed" && now.attempt === subject.attempt && now.readAt >= askedAt;
}

function storeOf(walk: Walk, turn: Signed, opened: OpenLog, deps: Deps): Store {
  const { key, found } = walk;
  if (key === undefined || found.generations === undefined) return undefined;
  const revision = revisionOf(found.generations);
  const headers = keptHeaders(opened.headers);
  const identity = identityOf(turn);
  return { key, facts: { storedAt: deps.now(), confirmedAt: turn.fetched.askedAt, headers, identity, revision } };
}

function identityOf({ fetched: { identity } }: Signed): LogParts["identity"] {
  return identity === undefined ? undefined : { id: identity.id, kind: identity.kind };
}

/** In an envelope: whole, up to MAX_RESPONSE_BYTES. Raw readers who follow are not told that it was too large for one. */
async function whole(walk: Walk, turn: Signed, opened: OpenLog, store: Store, deps: Deps): Promise<Answer> {
  const bytes = await readWhole(opened, deps.config.maxResponseBytes, walk.deadlineAt, deps);
  if (bytes === "broken") return fail(turn, "github_unavailable");
  if (bytes === "too_large") {
    await turn.tell("alone");
    throw new RelayError("github_response_too_large");
  }
  if (store === undefined) await turn.tell("alone");
  else {
    const put = putLog(store.key, { ...store.facts, size: bytes.byteLength }, bytes, deps);
    deps.background(put.then((done) => turn.tell(done ? "stored" : "alone")));
  }
  return fetchedAnswer(walk, turn, wholeLog(bytes, opened.headers), store, deps);
}

async function stream(walk: Walk, turn: Signed, opened: OpenLog, store: Store, deps: Deps): Promise<Answer> {
  // Those who wait for what nobody stores need not wait for its end.
  if (store === undefined) await turn.tell("alone");
  const bounds = { maxBytes: deps.config.maxLogBytes, stalledMs: deps.config.requestTimeoutMs };
  const { readable, ended } = carry(opened, keeperOf(opened, store, deps), bounds);
  deps.background(store === undefined ? ended : ended.then((kept) => turn.tell(kept ? "stored" : "alone")));
  // Whether one of unknown length fits is not known yet: it is not promised.
  const promised = opened.length === undefined ? undefined : store;
  return fetchedAnswer(walk, turn, { ...streamedLog(keptHeaders(opened.headers)), stream: readable }, promised, deps);
}

function keeperOf(opened: OpenLog, store: Store, deps: Deps): Keeper | undefined {
  if (store === undefined) return undefined;
  const put = (size: number, bytes: ReadableStream<Uint8Array> | Uint8Array) =>
    putLog(store.key, { ...store.facts, size }, bytes, deps);
  const { length } = opened;
  if (length !== undefined) return keepStream(length, (bytes) => put(length, bytes));
  return keepSmall(UNKNOWN_LENGTH_BYTES, (bytes) => put(bytes.byteLength, bytes));
}

function fetchedAnswer(
  walk: Walk,
  turn: Signed,
  reply: Pick<LogParts, "status" | "headers" | "encoding" | "body" | "stream">,
  store: Store,
  deps: Deps,
): Answer {
  const { leaseReason, askedAt } = turn.fetched;
  const facts: LogFactsOfAnswer = {
    cache: store === undefined ? "bypass" : "miss",
    cacheable: store !== undefined,
    ...(leaseReason === undefined ? {} : { leaseReason }),
  };
  const parts = { ...reply, identity: identityOf(turn), confirmedAt: askedAt, storedAt: store?.facts.storedAt };
  return logAnswer(walk.job, parts, facts, deps.now(), rateLimitHeaders(turn.apiHeaders));
}

/** GitHub's answer that is no log, as it is: kept by nobody, shared with those who waited. */
export function passAnswer(walk: Walk, turn: Extract<LogTurn, { kind: "answered" }>, deps: Deps): Answer {
  const { reply, identity, fetched } = turn;
  if (fetched !== undefined) charge(walk, fetched);
  walk.trail.missReason = "bypass";
  const facts: LogFactsOfAnswer = {
    cache: "bypass",
    cacheable: false,
    ...(fetched?.leaseReason === undefined ? {} : { leaseReason: fetched.leaseReason }),
    ...(fetched === undefined ? { coalesced: true } : {}),
    ...(reply.filtered ? { filtered: true } : {}),
  };
  const { status, headers, encoding, body } = reply;
  const now = deps.now();
  const live = fetched?.outcome.kind === "answered" ? rateLimitHeaders(fetched.outcome.headers) : {};
  const parts = {
    status,
    headers,
    encoding,
    body,
    identity,
    confirmedAt: fetched?.askedAt ?? now,
    storedAt: undefined,
  };
  return logAnswer(walk.job, parts, facts, now, live);
}
