/** A pool's recent requests, for the preview of a policy. */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";

export interface ReplayGroup {
  readonly routeKind: string;
  readonly routeKey: string;
  readonly fallbackReason: string;
  readonly identityId: string;
  readonly requests: number;
  /** Those that asked GitHub with an identity. */
  readonly fills: number;
  readonly callers: number;
  readonly latestAt: number;
}

/** Every request since `from`, grouped as finely as a rule can tell them apart (audit_events_pool_at). */
export async function readReplayGroups(
  db: Db,
  ask: { readonly poolId: string; readonly from: number; readonly limit: number },
): Promise<readonly ReplayGroup[]> {
  return allSql<ReplayGroup>(
    db,
    sql`SELECT route_kind AS routeKind, route_key AS routeKey, fallback_reason AS fallbackReason,
      identity_id AS identityId, count(*) AS requests, sum(backend = 'github_identity') AS fills,
      count(DISTINCT caller_id) AS callers, max(at) AS latestAt
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from}
    GROUP BY 1, 2, 3, 4 ORDER BY requests DESC LIMIT ${ask.limit}`,
  );
}

export interface ReplayFill {
  readonly callerId: string;
  readonly at: number;
  readonly durationMs: number;
  readonly fallbackReason: string;
}

/** Requests that led a fill since `from`, newest first: what the callers' budgets are about (audit_events_pool_at). */
export async function readReplayFills(
  db: Db,
  ask: { readonly poolId: string; readonly from: number; readonly limit: number },
): Promise<readonly ReplayFill[]> {
  return allSql<ReplayFill>(
    db,
    sql`SELECT caller_id AS callerId, at, duration_ms AS durationMs, fallback_reason AS fallbackReason
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from} AND upstream_calls > 0 AND coalesced = 0
    ORDER BY at DESC, id DESC LIMIT ${ask.limit}`,
  );
}
