/** Values and errors to the wire. The only catch that writes a body is `refusal` (called by worker.ts). */
import { ERRORS, RelayError } from "../../shared/errors.ts";

/** On every answer: nothing here is ever a document to embed, sniff or run. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      ...SECURITY_HEADERS,
      ...headers,
    },
  });
}

/**
 * A refusal as the wire has it. On the relay door everything the caller did not cause is 424 `fallback_local` with the
 * code as its reason: published clients neither retry nor fall back on other codes. Nothing of an unexpected error
 * leaves.
 */
export function refusal(error: unknown, requestId: string, relayDoor: boolean): Response {
  const known = error instanceof RelayError ? error : new RelayError("internal_error");
  const falls = relayDoor && known.spec.mayFallBack;
  const details = falls ? { ...known.details, reason: known.code } : known.details;
  const body = {
    error: {
      code: falls ? "fallback_local" : known.code,
      message: known.message,
      request_id: requestId,
      ...(details === undefined ? {} : { details }),
    },
  };
  return json(falls ? ERRORS.fallback_local.status : known.spec.status, body, {
    "x-octopool-request-id": requestId,
    ...known.headers,
  });
}
