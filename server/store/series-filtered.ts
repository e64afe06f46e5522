/** How a window's requests were answered, narrowed to what rows and rollups alike can be narrowed to. */
import { sql } from "drizzle-orm";
import type { StatusCounts } from "../../shared/dashboard/status.ts";
import { allSql, type Db } from "./db.ts";
import { readSummedUntil } from "./running-sums.ts";
import { piecesOf, type SeriesAsk } from "./series-pieces.ts";
import { COUNTS, countsOfText } from "./series-sums.ts";
import { type Hours, termsOf, termTable } from "./summed-hours.ts";

export interface RollupFilters {
  readonly caller?: string | undefined;
  readonly client?: string | undefined;
  readonly kind?: string | undefined;
  readonly identity?: string | undefined;
  readonly backend?: string | undefined;
  readonly reason?: string | undefined;
}

/** Indexes as in series.ts; the filters narrow what was found by them. A count for each part of the window. */
export async function readFiltered(
  db: Db,
  ask: Pick<SeriesAsk, "poolId" | "from" | "to" | "now">,
  filters: RollupFilters,
): Promise<readonly StatusCounts[]> {
  const { caller, client, identity, backend } = filters;
  // The running sums know kinds and outcomes only.
  const isInSums = [caller, client, identity, backend].every((filter) => filter === undefined);
  const { pieces, summed } = piecesOf(ask, isInSums ? await readSummedUntil(db, ask.poolId, ask.now) : 0);
  const queries = pieces.map(({ table, range }) => {
    const isRaw = table === "audit_events";
    return sql`SELECT ${isRaw ? COUNTS.audit_events : COUNTS.rollup} AS counts
      FROM ${sql.raw(table)} WHERE pool_id = ${ask.poolId} AND ${range} AND ${matching(filters, isRaw)}`;
  });
  if (summed.from < summed.to) queries.push(summedQuery(ask.poolId, summed, filters));
  const [first, ...rest] = queries.map((query) => allSql<{ counts: string }>(db, query));
  if (first === undefined) return [];
  return (await db.batch([first, ...rest])).flat().map(({ counts }) => countsOfText(counts));
}

/** usage_kinds by primary key prefix. */
function summedQuery(poolId: string, summed: Hours, filters: RollupFilters) {
  return sql`SELECT ${COUNTS.signed} AS counts FROM ${termTable(termsOf(summed))} CROSS JOIN usage_kinds AS summed
      ON summed.pool_id = ${poolId} AND summed.until = term.until AND summed.span = term.span
    WHERE ${matching(filters, false)}`;
}

function matching({ caller, client, kind, identity, backend, reason }: RollupFilters, isRaw: boolean) {
  const all = [sql`1 = 1`];
  if (caller !== undefined) all.push(sql`caller_id = ${caller}`);
  if (client !== undefined) all.push(sql`client_name = ${client}`);
  if (kind !== undefined) all.push(sql`route_kind = ${kind}`);
  if (identity !== undefined) all.push(sql`identity_id = ${identity}`);
  if (backend !== undefined) all.push(sql`backend = ${backend}`);
  if (reason !== undefined) {
    all.push(
      isRaw
        ? sql`(fallback_reason = ${reason} OR error_code = ${reason})`
        : sql`outcome IN (${`fallback:${reason}`}, ${`error:${reason}`})`,
    );
  }
  return sql.join(all, sql` AND `);
}
