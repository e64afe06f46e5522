/** What the traffic can be filtered by, out of the hours' rollups (usage_hourly, primary key prefix). */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { HOUR_MS, hourOf } from "./usage.ts";

export interface SeenValue {
  readonly value: string;
  /** A caller's login; null elsewhere, and where the caller is known no more. */
  readonly label: string | null;
}

const DIMENSIONS = ["client_name", "route_kind", "identity_id", "backend", "outcome"] as const;
/** Six looks at these hours' rows are cheap; what was not seen in them can still be written into the address. */
const SEEN_WITHIN_MS = 6 * HOUR_MS;
/** Of each. */
const MOST = 60;

export interface SeenValues {
  readonly callers: readonly SeenValue[];
  readonly clients: readonly SeenValue[];
  readonly kinds: readonly SeenValue[];
  readonly identities: readonly SeenValue[];
  readonly backends: readonly SeenValue[];
  readonly outcomes: readonly SeenValue[];
}

/** Of the last hours before `to`, most requests first; the callers' names by primary key. */
export async function readSeenValues(db: Db, ask: { poolId: string; from: number; to: number }): Promise<SeenValues> {
  const start = hourOf(Math.max(ask.from, ask.to - SEEN_WITHIN_MS));
  const hours = sql`FROM usage_hourly WHERE pool_id = ${ask.poolId} AND hour >= ${start} AND hour < ${ask.to}`;
  const of = (column: (typeof DIMENSIONS)[number]) =>
    allSql<SeenValue>(
      db,
      sql`SELECT ${sql.raw(column)} AS value, NULL AS label ${hours} AND ${sql.raw(column)} <> ''
        GROUP BY 1 ORDER BY sum(requests) DESC, 1 LIMIT ${MOST}`,
    );
  const [callers, clients, kinds, identities, backends, outcomes] = await db.batch([
    allSql<SeenValue>(
      db,
      sql`SELECT u.value, c.github_login AS label FROM (SELECT caller_id AS value, sum(requests) AS requests ${hours}
          GROUP BY 1 ORDER BY 2 DESC LIMIT ${MOST}) AS u
        LEFT JOIN callers AS c ON c.id = u.value ORDER BY u.requests DESC`,
    ),
    of("client_name"),
    of("route_kind"),
    of("identity_id"),
    of("backend"),
    of("outcome"),
  ]);
  return { callers, clients, kinds, identities, backends, outcomes };
}
