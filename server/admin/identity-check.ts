/**
 * One free question to GitHub with an identity's own credential: `GET /rate_limit`, which spends nothing
 * (docs.github.com, "Get rate limit status for the authenticated user"). It shows whether GitHub takes the credential,
 * and what the credential may see as far as GitHub says so.
 */
import { z } from "zod";
import type { IdentityCheck, IdentityProblemView } from "../../shared/dashboard/identities.ts";
import { ERRORS } from "../../shared/errors.ts";
import type { AttemptReport, RateReading } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { askGitHub } from "../github/client.ts";
import { readRefusal, type Refusal } from "../github/rate.ts";
import { credentialOf, forgetCredential } from "../relay/credential.ts";
import type { Setback } from "../relay/setback.ts";
import type { PooledIdentity } from "../relay/stages.ts";

const WITHIN_MS = 8_000;
const MAX_BYTES = 64 * 1024;
/** The route key of the reservation: no route is asked. */
export const CHECK_ROUTE_KEY = "identity_check";

type CheckDeps = Pick<Deps, "secret" | "config" | "isolate" | "now" | "coordinator" | "platform">;

/** What GitHub says is reported to the coordinator: readings are news, and a 401 must rest the identity. */
export async function checkIdentity(identity: PooledIdentity, deps: CheckDeps): Promise<IdentityCheck> {
  const startedAt = deps.now();
  const deadlineAt = startedAt + WITHIN_MS;
  const credential = await credentialOf(identity, deadlineAt, deps);
  if (credential.kind === "unusable") return { kind: "unusable", problem: problemOf(credential.setback) };
  const reply = await askGitHub(
    {
      url: `${deps.config.githubApiOrigin}/rate_limit`,
      headers: { accept: "application/vnd.github+json", authorization: `Bearer ${credential.token}` },
      deadlineAt,
      maxBytes: MAX_BYTES,
    },
    deps,
  );
  const tookMs = deps.now() - startedAt;
  if (reply.kind !== "reply") return { kind: "unreachable", tookMs };
  const refusal = readRefusal(reply.status, reply.headers, reply.body);
  const rates = refusal === undefined && reply.status === 200 ? readRates(reply.body) : undefined;
  if (rates === undefined) {
    if (refusal?.kind === "unauthorized") forgetCredential(identity, deps);
    // A 403 for want of a permission is about a route, and none was asked.
    if (refusal !== undefined && refusal.kind !== "forbidden") await report(identity, [resultOf(refusal)], deps);
    return { kind: "refused", tookMs, githubStatus: reply.status, cause: refusal?.kind ?? "failed" };
  }
  await report(
    identity,
    rates.map((rate) => ({ resource: rate.resource, rate, result: { kind: "ok", charged: false } as const })),
    deps,
  );
  const scopes = scopesOf(reply.headers);
  const publicOnlyConfirmed = scopes !== null && scopes.length === 0;
  const left = rates.map(({ resource, limit, remaining, resetAt }) => ({ resource, limit, remaining, resetAt }));
  return { kind: "accepted", tookMs, scopes, publicOnlyConfirmed, rates: left };
}

function problemOf({ code, githubStatus }: Setback): IdentityProblemView {
  return { code, says: ERRORS[code].says, githubStatus: githubStatus ?? null };
}

const count = z.int().min(0);
const rateLimits = z.object({
  resources: z.record(
    z.string().max(64),
    z.object({ limit: count, remaining: count, used: count.optional(), reset: count }),
  ),
});

/** Undefined: the answer is not what GitHub documents. */
function readRates(body: Uint8Array): readonly RateReading[] | undefined {
  const read = rateLimits.safeParse(parse(body));
  if (!read.success) return undefined;
  return Object.entries(read.data.resources).map(([resource, { limit, remaining, used, reset }]) => ({
    resource,
    limit,
    remaining,
    used: used ?? limit - remaining,
    resetAt: reset * 1000,
  }));
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // an answer that is no JSON tells nothing
    throw error;
  }
}

/** Classic tokens show theirs (docs.github.com, "Scopes for OAuth apps"); others send no such header. */
function scopesOf(headers: Headers): readonly string[] | null {
  const shown = headers.get("x-oauth-scopes");
  return shown === null
    ? null
    : shown
        .split(",")
        .map((scope) => scope.trim())
        .filter((scope) => scope !== "");
}

type Taught = Pick<AttemptReport, "result"> & Partial<Pick<AttemptReport, "resource" | "rate">>;

function resultOf(refusal: Refusal): Taught {
  if (refusal.kind !== "throttled") return { result: { kind: refusal.kind } };
  const { retryAfterMs } = refusal;
  return { result: { kind: "throttled", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}

async function report(identity: PooledIdentity, taught: readonly Taught[], deps: CheckDeps): Promise<void> {
  const { id: identityId, kind, weight } = identity;
  const coordinator = deps.coordinator(identity.poolId);
  const about = { identityId, kind, resource: "core", routeKey: CHECK_ROUTE_KEY, durationMs: 0 };
  // A report ends a reservation, so there must be one of its own to end.
  const ask = { routeKey: CHECK_ROUTE_KEY, resource: "core", candidates: [{ id: identityId, kind, weight }] };
  await coordinator.select(ask);
  await coordinator.report(taught.map((one) => ({ ...about, ...one })));
}
