/** A log as an answer: its bytes as a stream where the face takes one, else whole. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { LOGS_KEPT_MS } from "../sweep-bucket.ts";
import type { StoredLog } from "./log-store.ts";
import { heldApart } from "./memory-cache.ts";
import { toReply } from "./reply.ts";
import { answerFromEntry } from "./serve.ts";
import type { Answer, AnswerFacts, CacheEntry, Job, Reply } from "./stages.ts";
import { settled, within } from "./within.ts";

/** Within this of the last confirmation a log is served without asking GitHub whether it is still there. */
export const CONFIRMED_MS = 3_600_000;
const NOTHING = new Uint8Array(0);

export interface LogParts extends Reply {
  readonly stream?: ReadableStream<Uint8Array>;
  readonly identity: CacheEntry["identity"];
  /** When GitHub was last asked; ages count from here. */
  readonly confirmedAt: number;
  /** When it was first stored; undefined: it is not. */
  readonly storedAt: number | undefined;
}

export type LogFactsOfAnswer = Pick<AnswerFacts, "cache"> & Partial<AnswerFacts>;

/** @param rates x-ratelimit-* of an answer fetched just now. */
export function logAnswer(
  job: Job,
  parts: LogParts,
  facts: LogFactsOfAnswer,
  now: number,
  rates: Readonly<Record<string, string>> = {},
): Answer {
  const { stream, identity, confirmedAt, storedAt, ...reply } = parts;
  const entry: CacheEntry = {
    ...reply,
    headers: { ...reply.headers, ...rates },
    cacheKey: job.cacheKey,
    poolId: job.pool.id,
    scope: job.scope,
    routeKind: job.route.match.route.kind,
    identity,
    backend: "identity",
    fetchedAt: confirmedAt,
    freshUntil: storedAt === undefined ? confirmedAt : confirmedAt + CONFIRMED_MS,
    staleUntil: storedAt === undefined ? confirmedAt : storedAt + LOGS_KEPT_MS,
    swrUntil: confirmedAt,
    generations: {},
    fence: 0,
    filtered: false,
  };
  const answer = answerFromEntry({ ...heldApart(entry), until: now }, job.ask, facts, now);
  if (stream === undefined) return answer;
  if (answer.status !== 304) return { ...answer, stream };
  void settled(() => stream.cancel());
  return answer;
}

/** Bytes decide whether they are text; a log is never taken for JSON. */
export function wholeLog(body: Uint8Array, headers: Headers): Reply {
  const reply = toReply({ status: 200, headers, body }, "octet-stream", "identity");
  if (reply === undefined) return { status: 200, headers: {}, encoding: "base64", body };
  return { status: reply.status, headers: reply.headers, encoding: reply.encoding, body };
}

/** Its bytes are not known yet; a face that streams passes them on as they are. */
export function streamedLog(headers: Readonly<Record<string, string>>): Reply {
  return { status: 200, headers, encoding: "base64", body: NOTHING };
}

/**
 * What R2 has, as an answer; undefined where R2 broke off. @throws RelayError github_response_too_large.
 * @param confirmedAt where it was confirmed just now, and R2 may not say so yet.
 */
export async function answerHeld(
  job: Job,
  held: StoredLog,
  how: { readonly mayStream: boolean; readonly deadlineAt: number; readonly confirmedAt?: number },
  facts: LogFactsOfAnswer,
  deps: Pick<Deps, "config" | "now">,
): Promise<Answer | undefined> {
  const { maxLogBytes, maxResponseBytes } = deps.config;
  if (held.size > (how.mayStream ? maxLogBytes : maxResponseBytes)) {
    await settled(() => held.body.cancel());
    throw new RelayError("github_response_too_large");
  }
  const about = {
    identity: held.identity,
    confirmedAt: how.confirmedAt ?? held.confirmedAt,
    storedAt: held.storedAt,
  };
  if (how.mayStream) {
    const stream = held.body.pipeThrough(new FixedLengthStream(held.size));
    return logAnswer(job, { ...streamedLog(held.headers), ...about, stream }, facts, deps.now());
  }
  const read = await within(
    settled(() => new Response(held.body).bytes()),
    how.deadlineAt - deps.now(),
  );
  if (read?.byteLength !== held.size) return undefined;
  return logAnswer(job, { ...wholeLog(read, new Headers(held.headers)), ...about }, facts, deps.now());
}
