/** How a window's requests were answered, narrowed to what rows and rollups alike can be narrowed to. */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import type { StatusCounts } from "../../shared/dashboard/status.ts";
import { COUNTS, countsOfText, piecesOf, type SeriesAsk } from "./series.ts";

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
  const queries = piecesOf(ask).map(({ table, range }) => {
    const isRaw = table === "audit_events";
    return allSql<{ counts: string }>(
      db,
      sql`SELECT ${isRaw ? COUNTS.audit_events : COUNTS.rollup} AS counts
        FROM ${sql.raw(table)} WHERE pool_id = ${ask.poolId} AND ${range} AND ${matching(filters, isRaw)}`,
    );
  });
  const [first, ...rest] = queries;
  if (first === undefined) return [];
  return (await db.batch([first, ...rest])).flat().map(({ counts }) => countsOfText(counts));
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
