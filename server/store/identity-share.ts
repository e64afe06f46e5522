/** What each identity carried lately. */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";

export interface IdentityShare {
  /** Empty: requests that no identity served. */
  readonly identityId: string;
  readonly requests: number;
  readonly units: number;
  /** Of these, since `recentFrom`. */
  readonly recentUnits: number;
}

/** Units spent since `from`, by identity, and by rows since `recentFrom` for the present burn (audit_events_pool_at). */
export async function readIdentityShares(
  db: Db,
  ask: { readonly poolId: string; readonly from: number; readonly recentFrom: number },
): Promise<readonly IdentityShare[]> {
  return allSql<IdentityShare>(
    db,
    sql`SELECT identity_id AS identityId, sum(backend = 'github_identity') AS requests, sum(quota_units) AS units,
      sum(CASE WHEN at >= ${ask.recentFrom} THEN quota_units ELSE 0 END) AS recentUnits
    FROM audit_events WHERE pool_id = ${ask.poolId} AND at >= ${ask.from} GROUP BY identity_id LIMIT 1000`,
  );
}
