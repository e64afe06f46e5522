/**
 * POST /v1/github/request: envelope in, envelope out; or, in raw mode, GitHub's own answer (2-wire). The only file
 * that knows either form.
 */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { authenticate } from "../relay/authenticate.ts";
import { parseBody } from "../relay/parse.ts";
import { relay } from "../relay/pipeline.ts";
import type { Answer, AnswerFacts } from "../relay/stages.ts";
import { readJsonObject } from "./read-body.ts";
import { SECURITY_HEADERS } from "./respond.ts";

export const RAW_MEDIA_TYPE = "application/vnd.octopool.raw";
/** Published clients read at most 8 MiB. */
export const MAX_ENVELOPE_BYTES = 7 * 1024 * 1024;
/** Above this one Blob of parts is cheaper than copying them together (measured in workerd). */
const BLOB_FROM_BYTES = 100_000;
const NO_BODY = new Set([204, 205, 304]);

export async function relayRequest(request: Request, deps: Deps): Promise<Response> {
  const body = parseBody(await readJsonObject(request));
  // What a slow caller takes to send its question is no time of ours.
  const cameAt = deps.now();
  const caller = await authenticate(request, body.pool, deps);
  const raw = wantsRaw(request);
  const answer = await relay(body, caller, deps, { cameAt, mayStream: raw });
  return raw ? rawAnswer(answer) : envelope(answer);
}

export function wantsRaw(request: Request): boolean {
  return request.headers.get("accept")?.includes(RAW_MEDIA_TYPE) === true;
}

const encoder = new TextEncoder();
/** Copied by the platform, which is a good deal cheaper than reading the same out of a record for every answer. */
const ENVELOPE_HEADERS = new Headers({
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  ...SECURITY_HEADERS,
});

function envelope(answer: Answer): Response {
  const { facts } = answer;
  const prefix = encoder.encode(`{"status":${answer.status},"headers":${answer.headersJson},"body":`);
  const body = answer.envelopeBody();
  // A 304 and an empty body are null text, whatever the stored copy is.
  const encoding = answer.body.byteLength === 0 ? "text" : answer.encoding;
  const identity = answer.identity === undefined ? "" : `"identity":${JSON.stringify(answer.identity)},`;
  const suffix = encoder.encode(
    `,"body_encoding":"${encoding}",${identity}"relay":${JSON.stringify(relayFacts(facts))}}`,
  );
  const size = prefix.byteLength + body.byteLength + suffix.byteLength;
  if (size > MAX_ENVELOPE_BYTES) throw new RelayError("github_response_too_large");
  const response = new Response(joined([prefix, body, suffix], size), { headers: ENVELOPE_HEADERS });
  response.headers.set("cache-status", cacheStatus(facts));
  return response;
}

function joined(parts: readonly Uint8Array[], size: number): BodyInit {
  if (size > BLOB_FROM_BYTES) return new Blob(parts as Uint8Array<ArrayBuffer>[]);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function relayFacts(facts: AnswerFacts): Record<string, unknown> {
  return {
    pool: facts.poolId,
    request_id: facts.requestId,
    cacheable: facts.cacheable,
    cache: facts.cache,
    stale_ok: facts.staleOk,
    route_kind: facts.routeKind,
    ...(facts.staleReason === undefined ? {} : { stale_reason: facts.staleReason }),
    ...(facts.cacheable && facts.expiresAt !== undefined
      ? { cache_expires_at: new Date(facts.expiresAt).toISOString() }
      : {}),
    ...(facts.cacheable && facts.createdAt !== undefined
      ? { cache_created_at: new Date(facts.createdAt).toISOString() }
      : {}),
    ...(facts.ageSeconds === undefined ? {} : { age_seconds: facts.ageSeconds }),
    ...(facts.coalesced === true ? { coalesced: true } : {}),
    ...(facts.revalidated === true ? { revalidated: true } : {}),
    ...(facts.filtered === true ? { filtered: true } : {}),
    ...(facts.backend === "identity" ? {} : { backend: facts.backend }),
    ...(facts.leaseReason === undefined ? {} : { lease_reason: facts.leaseReason }),
  };
}

/** RFC 9211: `collapsed` is our coalesced, `fwd=stale` a revalidation or a copy past its freshness. */
function cacheStatus(facts: AnswerFacts): string {
  const ttl =
    facts.expiresAt === undefined || facts.createdAt === undefined
      ? ""
      : `; ttl=${Math.floor((facts.expiresAt - facts.createdAt) / 1000) - (facts.ageSeconds ?? 0)}`;
  const detail = facts.staleReason === undefined ? "" : `; detail=${facts.staleReason}`;
  if (facts.cache === "hit" && facts.revalidated !== true) return `octopool; hit${ttl}`;
  if (facts.cache === "stale") return `octopool; hit${ttl}${detail}`;
  const forwarded = facts.revalidated === true ? "stale; fwd-status=304" : facts.cache === "bypass" ? "bypass" : "miss";
  return `octopool; fwd=${forwarded}${facts.coalesced === true ? "; collapsed" : ""}${facts.cacheable ? "; stored" : ""}`;
}

/** The HTTP answer is GitHub's: status, allowed headers, bytes. `no-transform` keeps a proxy's hands off them. */
function rawAnswer(answer: Answer): Response {
  const { facts } = answer;
  const headers = new Headers(answer.headers);
  const own: Record<string, string | undefined> = {
    ...SECURITY_HEADERS,
    "cache-control": "private, no-store, no-transform",
    "cache-status": cacheStatus(facts),
    "x-octopool-answer": "github",
    "x-octopool-cache": facts.cache,
    "x-octopool-age": facts.ageSeconds?.toString(),
    "x-octopool-expires":
      facts.cacheable && facts.expiresAt !== undefined ? new Date(facts.expiresAt).toISOString() : undefined,
    "x-octopool-route-kind": facts.routeKind,
    "x-octopool-identity": answer.identity?.id,
    "x-octopool-backend": facts.backend === "identity" ? undefined : facts.backend,
    "x-octopool-stale-reason": facts.staleReason,
    "x-octopool-filtered": facts.filtered === true ? "true" : undefined,
  };
  for (const [name, value] of Object.entries(own)) if (value !== undefined) headers.set(name, value);
  const body = NO_BODY.has(answer.status) ? null : (answer.stream ?? (answer.body as Uint8Array<ArrayBuffer>));
  return new Response(body, { status: answer.status, headers });
}
