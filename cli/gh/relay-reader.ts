/** One read asked of the relay for a running gh: whole where it is small, streamed where it is large. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { CallerTarget } from "../config.ts";
import { Failure } from "../exit.ts";
import { placeOf } from "../http.ts";
import type { WayOut } from "../network/way-out.ts";
import type { Refusal } from "../refusal.ts";
import { headerFacts, readAnswer, type CacheFacts } from "../relayed-read.ts";

export type RelayAnswer =
  | {
      readonly kind: "github";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer | AsyncIterable<Buffer>;
      readonly facts: CacheFacts;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** No answer, not in time, or none of an Octopool. A clause that fits after "the relay". */
  | { readonly kind: "broken"; readonly why: string };

export interface RelayRead {
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RelayReaderNeeds {
  readonly caller: CallerTarget;
  readonly wayOut: WayOut;
  /** Milliseconds for a whole answer, or for the beginning of a large one. */
  readonly answerMs: number;
  now(): number;
}

/** Up to here nothing reaches gh before all of it is there, so that a cut answer can still be had elsewhere. */
const HELD_BYTES = 8 * 1024 * 1024;
/** Headers of the relay itself or of one hop. */
const NOT_GITHUBS =
  /^(?:x-octopool-.*|cache-control|cache-status|connection|keep-alive|transfer-encoding|content-length|strict-transport-security|x-content-type-options|referrer-policy|content-security-policy|server|cf-.*|alt-svc|nel|report-to)$/;

export type RelayReader = (read: RelayRead, signal: AbortSignal) => Promise<RelayAnswer>;

export function createRelayReader(needs: RelayReaderNeeds): RelayReader {
  return async (read, signal) => {
    try {
      return await ask(read, signal, needs);
    } catch (error) {
      return { kind: "broken", why: clauseOf(error, needs.answerMs) };
    }
  };
}

class Late extends Error {
  override readonly name = "Late";
}

async function ask(read: RelayRead, signal: AbortSignal, needs: RelayReaderNeeds): Promise<RelayAnswer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Late("no answer in time")), needs.answerMs);
  const ended = AbortSignal.any([signal, abort.signal]);
  try {
    const response = await send(read, ended, needs);
    const parts = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const held: Buffer[] = [];
    let bytes = 0;
    for (let part = await next(parts, ended); part.done !== true; part = await next(parts, ended)) {
      held.push(part.value);
      bytes += part.value.length;
      if (bytes > HELD_BYTES) return streamed({ response, held, parts, stallMs: needs.answerMs });
    }
    const promised = response.headers["content-length"];
    if (promised !== undefined && Number(promised) !== bytes) return { kind: "broken", why: "cut its answer short" };
    return whole(response, Buffer.concat(held), needs.now());
  } catch (error) {
    throw abort.signal.aborted ? (abort.signal.reason as Error) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function next(parts: AsyncIterator<Buffer>, ended: AbortSignal): Promise<IteratorResult<Buffer>> {
  const part = await parts.next();
  ended.throwIfAborted();
  return part;
}

function send(read: RelayRead, signal: AbortSignal, { caller, wayOut }: RelayReaderNeeds): Promise<IncomingMessage> {
  const url = new URL("/v1/github/request", caller.url);
  const { path, query, headers } = read;
  const parts = Object.entries({ query, headers }).filter(([, value]) => Object.keys(value).length > 0);
  const body = Buffer.from(JSON.stringify({ pool: caller.pool, method: "GET", path, ...Object.fromEntries(parts) }));
  const attempt = (mayRepeat: boolean): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({
        ...placeOf(url),
        method: "POST",
        agent: wayOut,
        signal,
        headers: {
          host: url.host,
          accept: "application/vnd.octopool.raw",
          authorization: `Bearer ${caller.token}`,
          "content-type": "application/json",
          "content-length": String(body.length),
        },
      });
      request.once("response", resolve);
      request.once("error", (error) => {
        // A kept connection may have been closed while it lay idle; a read may be sent again.
        if (mayRepeat && request.reusedSocket && !signal.aborted) attempt(false).then(resolve, reject);
        else reject(error);
      });
      request.end(body);
    });
  return attempt(true);
}

function whole(response: IncomingMessage, body: Buffer, now: number): RelayAnswer {
  const headers = textHeaders(response);
  const status = response.statusCode ?? 0;
  const outcome = readAnswer({ status, statusText: "", headers, body }, now);
  if (outcome.kind === "refused") return outcome;
  return { ...outcome, headers: githubHeaders(outcome.headers) };
}

interface Streaming {
  readonly response: IncomingMessage;
  readonly held: Buffer[];
  readonly parts: AsyncIterator<Buffer>;
  readonly stallMs: number;
}

/** Large answers are logs and archives, which only the raw mode has. */
function streamed({ response, held, parts, stallMs }: Streaming): RelayAnswer {
  const headers = textHeaders(response);
  if (headers["x-octopool-answer"] !== "github") {
    response.destroy();
    return { kind: "broken", why: "answered with more than anybody asked for" };
  }
  const length = headers["content-length"];
  response.socket.setTimeout(stallMs, () => response.destroy(new Late("the answer stopped")));
  return {
    kind: "github",
    status: response.statusCode ?? 0,
    headers: { ...githubHeaders(headers), ...(length === undefined ? {} : { "content-length": length }) },
    body: (async function* () {
      yield* held.splice(0);
      for (let part = await parts.next(); part.done !== true; part = await parts.next()) yield part.value;
    })(),
    facts: headerFacts(headers),
  };
}

function textHeaders(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : `${value}`]),
  );
}

function githubHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_GITHUBS.test(name)));
}

function clauseOf(error: unknown, answerMs: number): string {
  if (error instanceof Late) return `did not answer within ${answerMs / 1000} s`;
  if (error instanceof Failure) return "answered with something that is none of an Octopool's answers";
  if (error instanceof Error && error.name === "ConnectTimeout") return "could not be connected to in time";
  const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  return code.startsWith("HPE_") ? "answered with something that is not HTTP" : `could not be reached (${code})`;
}
