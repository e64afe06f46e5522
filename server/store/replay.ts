/** A pool's recent requests, for the preview of a policy. */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { MOST_GROUPS, readPatternsBy } from "./usage-groups.ts";

export interface ReplayPattern {
  readonly routeKind: string;
  readonly routeKey: string;
  /** Why they were sent home; empty: they were not. */
  readonly fallbackReason: string;
  readonly requests: number;
  readonly latestAt: number;
}

const FALLBACK = "fallback:";

/**
 * Every request in [from, to), where `to` is now, grouped as finely as a rule can tell them apart: whole hours from their sums, the edges
 * from the rows (see readPatternsBy). Most requests first; `cut` where there are more patterns than are read.
 */
export async function readReplayPatterns(
  db: Db,
  window: { readonly poolId: string; readonly from: number; readonly to: number },
): Promise<{ readonly patterns: readonly ReplayPattern[]; readonly cut: boolean }> {
  const { groups, cut } = await readPatternsBy(db, { ...window, now: window.to }, [
    "route_kind",
    "route_key",
    "outcome",
  ]);
  const patterns = groups.map(({ key, requests, lastSeen }): ReplayPattern => {
    const { route_kind: routeKind, route_key: routeKey, outcome } = key;
    const fallbackReason = outcome.startsWith(FALLBACK) ? outcome.slice(FALLBACK.length) : "";
    return { routeKind, routeKey, fallbackReason, requests, latestAt: lastSeen };
  });
  return { patterns, cut };
}

export interface ReplayFetches {
  readonly routeKind: string;
  readonly routeKey: string;
  readonly identityId: string;
  readonly requests: number;
  readonly latestAt: number;
}

/** What some identities fetched since `from`, by pattern (audit_events_pool_at). */
export async function readReplayFetches(
  db: Db,
  ask: { readonly poolId: string; readonly from: number; readonly identityIds: readonly string[] },
): Promise<readonly ReplayFetches[]> {
  return allSql<ReplayFetches>(
    db,
    sql`SELECT route_kind AS routeKind, route_key AS routeKey, identity_id AS identityId, count(*) AS requests,
      max(at) AS latestAt
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from} AND backend = 'github_identity'
      AND identity_id IN (SELECT value FROM json_each(${JSON.stringify(ask.identityIds)}))
    GROUP BY 1, 2, 3 ORDER BY requests DESC LIMIT ${MOST_GROUPS}`,
  );
}

export interface ReplayFill {
  readonly callerId: string;
  readonly at: number;
  readonly durationMs: number;
  readonly fallbackReason: string;
  /** Which budget refused it, by its trail; empty: none, or the row does not say. */
  readonly spent: "" | "concurrency" | "fills_per_hour" | "negative_proofs_per_hour";
}

const SPENT = sql.raw(`CASE WHEN fallback_reason <> 'relay_overloaded' THEN ''
  WHEN instr(detail, '(fills_per_hour)') > 0 THEN 'fills_per_hour'
  WHEN instr(detail, '(concurrency)') > 0 THEN 'concurrency'
  WHEN instr(detail, '(negative_proofs_per_hour)') > 0 THEN 'negative_proofs_per_hour' ELSE '' END`);

/**
 * Requests since `from` that led a fill, or were refused one, newest first: what the callers' budgets are about
 * (audit_events_pool_at).
 */
export async function readReplayFills(
  db: Db,
  ask: { readonly poolId: string; readonly from: number; readonly limit: number },
): Promise<readonly ReplayFill[]> {
  return allSql<ReplayFill>(
    db,
    sql`SELECT caller_id AS callerId, at, duration_ms AS durationMs, fallback_reason AS fallbackReason, ${SPENT} AS spent
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from}
      AND ((upstream_calls > 0 AND coalesced = 0) OR fallback_reason = 'relay_overloaded')
    ORDER BY at DESC, id DESC LIMIT ${ask.limit}`,
  );
}
