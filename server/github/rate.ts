/** GitHub's rate-limit headers as a reading (docs.github.com, "Rate limits for the REST API"). */
import type { RateReading } from "../coordinator/protocol.ts";

/** Trusts the `-resource` of this same answer. Undefined where the answer carries no complete reading. */
export function readRate(headers: Headers): RateReading | undefined {
  const limit = count(headers, "limit");
  const remaining = count(headers, "remaining");
  const reset = count(headers, "reset");
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  return {
    resource: headers.get("x-ratelimit-resource") ?? "core",
    limit,
    remaining,
    used: count(headers, "used") ?? limit - remaining,
    resetAt: reset * 1000,
  };
}

function count(headers: Headers, name: string): number | undefined {
  const value = headers.get(`x-ratelimit-${name}`);
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : undefined;
}

export type Refusal =
  | { readonly kind: "unauthorized" }
  | { readonly kind: "depleted"; readonly resetAt: number | undefined }
  | { readonly kind: "throttled"; readonly retryAfterMs: number | undefined }
  | { readonly kind: "forbidden" }
  | { readonly kind: "failed" };

/**
 * What a status means for the credential that got it; undefined: it is an answer. A 403 has several meanings
 * (3-github, Rate limits): a told wait comes first, then quota gone, then a secondary limit by its words, else a
 * missing permission.
 */
export function readRefusal(status: number, headers: Headers, body: Uint8Array): Refusal | undefined {
  if (status === 401) return { kind: "unauthorized" };
  if (status >= 500) return { kind: "failed" };
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = headers.get("retry-after");
  if (retryAfter !== null && /^\d{1,6}$/.test(retryAfter))
    return { kind: "throttled", retryAfterMs: Number(retryAfter) * 1000 };
  if (headers.get("x-ratelimit-remaining") === "0") {
    const reset = count(headers, "reset");
    return { kind: "depleted", resetAt: reset === undefined ? undefined : reset * 1000 };
  }
  const words = new TextDecoder().decode(body.subarray(0, 4096));
  if (status === 429 || /secondary rate limit|abuse/i.test(words))
    return { kind: "throttled", retryAfterMs: undefined };
  return { kind: "forbidden" };
}
