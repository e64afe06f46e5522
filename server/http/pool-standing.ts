/** GET /v1/pools/:pool/standing: the pool right now, and the caller's own last requests. What `octopool watch` shows. */
import { RelayError } from "../../shared/errors.ts";
import type { IdentityStanding } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { authenticate } from "../relay/authenticate.ts";
import { listOwnRequests } from "../store/audit.ts";
import { loadPool } from "../store/pools.ts";
import { json } from "./respond.ts";

/** Watchers ask every few seconds: each reads the pool's rows of this long at most. */
const RECENT_MS = 5 * 60_000;
const RECENT_ROWS = 20;

/** Times are RFC 3339. Identities by id and kind only, as every envelope names them. @throws RelayError invalid_auth. */
export async function poolStanding(
  request: Request,
  deps: Deps,
  params: Readonly<Record<string, string>>,
): Promise<Response> {
  const poolId = params["pool"] ?? "";
  const caller = await authenticate(request, poolId, deps);
  const now = deps.now();
  const [pool, recent] = await Promise.all([
    loadPool(deps.db, poolId),
    listOwnRequests(deps.db, { poolId, callerId: caller.id, from: now - RECENT_MS, limit: RECENT_ROWS }),
  ]);
  if (pool === undefined) throw new RelayError("invalid_auth");
  const { identities } = pool;
  // A coordinator that does not answer knows nothing of anybody's standing; the rest is still worth showing.
  const snapshot = await deps
    .coordinator(poolId)
    .snapshot(identities.map(({ id }) => id))
    .catch(() => undefined);
  return json(200, {
    generated_at: at(now),
    pool: pool.id,
    identities: identities.map((identity) => {
      const standing = snapshot?.identities.find(({ identityId }) => identityId === identity.id);
      return {
        id: identity.id,
        kind: identity.kind,
        status: identity.status,
        secret_present: deps.secret(identity.secretRef) !== undefined,
        ...standingBody(standing, now),
      };
    }),
    fills: { in_flight: snapshot?.fills.inFlight ?? null, waiting: snapshot?.fills.waiting ?? null },
    recent: recent.map((row) => ({
      at: at(row.at),
      client_name: row.clientName,
      route_kind: row.routeKind,
      route_key: row.routeKey,
      status: row.status,
      cache: row.cache,
      fallback_reason: row.fallbackReason || null,
      duration_ms: row.durationMs,
    })),
  });
}

function standingBody(standing: IdentityStanding | undefined, now: number) {
  return {
    in_flight: standing?.inFlight ?? null,
    resources: (standing?.resources ?? [])
      .filter(({ resetAt }) => resetAt > now)
      .map(({ resource, limit, remaining, resetAt, emptyAt }) => ({
        resource,
        limit,
        remaining,
        reset_at: at(resetAt),
        empty_at: emptyAt === null ? null : at(emptyAt),
      })),
    cooldowns: (standing?.cooldowns ?? [])
      .filter(({ until }) => until > now)
      // The kind of a route alone: whose repository it is was another caller's question.
      .map(({ scope, on, cause, until }) => ({ scope, on: on.split(" ")[0], cause, until: at(until) })),
  };
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}
