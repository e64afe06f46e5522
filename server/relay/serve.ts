/** A stored reply as an answer to one caller: the caller's own conditions are answered here (RFC 9110, section 13). */
import type { MemoryEntry } from "./memory-cache.ts";
import type { Answer, AnswerFacts, Ask, CacheEntry } from "./stages.ts";

const NOTHING = new Uint8Array(0);
const NULL = new TextEncoder().encode("null");

/** A copy out of the cache: hit, or stale with its reason. Carries no x-ratelimit-*: they were somebody else's. */
export function answerFromEntry(
  held: MemoryEntry,
  ask: Ask,
  facts: Pick<AnswerFacts, "cache"> & Partial<AnswerFacts>,
  now: number,
): Answer {
  const { entry } = held;
  const all: AnswerFacts = {
    poolId: ask.poolId,
    requestId: ask.requestId,
    routeKind: entry.routeKind,
    cacheable: true,
    staleOk: entry.staleUntil > entry.freshUntil,
    backend: entry.backend,
    createdAt: entry.fetchedAt,
    expiresAt: entry.freshUntil,
    ageSeconds: Math.max(0, Math.floor((now - entry.fetchedAt) / 1000)),
    ...(entry.filtered ? { filtered: true } : {}),
    quotaUnits: 0,
    upstreamCalls: 0,
    ...facts,
  };
  if (isNotModified(entry, ask)) return notModified(entry.headers, entry.identity, all);
  return {
    status: entry.status,
    headers: entry.headers,
    headersJson: held.headersJson,
    encoding: entry.encoding,
    body: entry.body,
    envelopeBody: () => (held.envelopeBody ??= toEnvelopeBody(entry)),
    identity: entry.identity,
    facts: all,
  };
}

export function notModified(
  headers: Readonly<Record<string, string>>,
  identity: Answer["identity"],
  facts: AnswerFacts,
): Answer {
  return {
    status: 304,
    headers,
    headersJson: JSON.stringify(headers),
    encoding: "text",
    body: NOTHING,
    envelopeBody: () => NULL,
    identity,
    facts,
  };
}

/** JSON stands as it is; text and binary become JSON strings; an empty body is null. */
export function toEnvelopeBody(reply: Pick<CacheEntry, "body" | "encoding">): Uint8Array {
  if (reply.body.byteLength === 0) return NULL;
  if (reply.encoding === "json") return reply.body;
  // A byte order mark is part of the file.
  const text =
    reply.encoding === "text"
      ? new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(reply.body)
      : Buffer.from(reply.body).toString("base64");
  return new TextEncoder().encode(JSON.stringify(text));
}

/** Weak comparison (RFC 9110, section 8.8.3.2); if-modified-since counts only without if-none-match. */
function isNotModified(entry: CacheEntry, ask: Ask): boolean {
  if (entry.status !== 200) return false;
  const { etag, "last-modified": lastModified } = entry.headers;
  if (ask.ifNoneMatch !== undefined) {
    if (etag === undefined) return false;
    const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
    return ask.ifNoneMatch.trim() === "*" || ask.ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
  }
  if (ask.ifModifiedSince === undefined || lastModified === undefined) return false;
  return Date.parse(lastModified) <= Date.parse(ask.ifModifiedSince);
}
