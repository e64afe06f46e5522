/**
 * Audit rows for the traffic room. Every list walks audit_events_pool_at from its newest row and looks at a bounded
 * number of rows, however few of them match: a cursor goes on from there.
 */
import { sql } from "drizzle-orm";
import type { StatusCounts, StatusName } from "../../shared/dashboard/status.ts";
import { allSql, type Db } from "./db.ts";
import { COUNTS, countsOfText } from "./series-sums.ts";
import { HOUR_MS } from "./usage.ts";

export interface RowFilters {
  readonly answers?: readonly StatusName[] | undefined;
  readonly caller?: string | undefined;
  readonly client?: string | undefined;
  readonly kind?: string | undefined;
  readonly identity?: string | undefined;
  readonly backend?: string | undefined;
  readonly reason?: string | undefined;
  readonly status?: number | undefined;
  readonly spent?: "yes" | "no" | undefined;
  readonly slower?: number | undefined;
  readonly text?: string | undefined;
}

export interface RowCursor {
  readonly at: number;
  readonly id: number;
}

export interface FoundRow {
  readonly id: number;
  readonly at: number;
  readonly requestId: string;
  readonly callerId: string;
  /** Null: the caller is known no more. */
  readonly callerLogin: string | null;
  readonly clientName: string;
  readonly routeKind: string;
  readonly routeKey: string;
  readonly identityId: string;
  readonly status: number;
  readonly errorCode: string;
  readonly fallbackReason: string;
  readonly cache: string;
  readonly missReason: string;
  readonly backend: string;
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  readonly coalesced: number;
  readonly revalidated: number;
  readonly durationMs: number;
  readonly detail: string;
}

/** Rows looked at for one page. */
const LOOKED_AT = 20_000;

type Sql = ReturnType<typeof sql>;

const ANSWER = sql.raw(`CASE WHEN fallback_reason <> '' THEN 'fallback' WHEN error_code <> '' THEN 'error'
  WHEN cache = 'hit' AND revalidated <> 0 THEN 'revalidated' ELSE cache END`);

function matching(filters: RowFilters): Sql {
  const { answers, caller, client, kind, identity, backend, reason, status, spent, slower, text } = filters;
  const all: Sql[] = [sql`1 = 1`];
  if (answers !== undefined) all.push(sql`${ANSWER} IN (SELECT value FROM json_each(${JSON.stringify(answers)}))`);
  if (caller !== undefined) all.push(sql`caller_id = ${caller}`);
  if (client !== undefined) all.push(sql`client_name = ${client}`);
  if (kind !== undefined) all.push(sql`route_kind = ${kind}`);
  if (identity !== undefined) all.push(sql`identity_id = ${identity}`);
  if (backend !== undefined) all.push(sql`backend = ${backend}`);
  if (reason !== undefined) all.push(sql`(fallback_reason = ${reason} OR error_code = ${reason})`);
  if (status !== undefined) all.push(sql`status = ${status}`);
  if (spent !== undefined) all.push(spent === "yes" ? sql`quota_units > 0` : sql`quota_units = 0`);
  if (slower !== undefined) all.push(sql`duration_ms >= ${slower}`);
  if (text !== undefined) {
    // instr: what somebody typed is no pattern.
    const needle = text.toLowerCase();
    all.push(sql`(instr(lower(route_key), ${needle}) > 0 OR instr(request_id, ${needle}) > 0)`);
  }
  return sql.join(all, sql` AND `);
}

export interface RowsAsk {
  readonly poolId: string;
  /** Epoch ms; `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly filters: RowFilters;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: RowCursor | undefined;
}

/** Rows of a pool in [from, to), behind a cursor. */
function range({ poolId, from, to, after }: RowsAsk): Sql {
  const behind =
    after === undefined
      ? sql`at < ${to}`
      : sql`at <= ${after.at} AND NOT (at = ${after.at} AND id >= ${after.id}) AND at < ${to}`;
  return sql`pool_id = ${poolId} AND at >= ${from} AND ${behind}`;
}

/**
 * A page, newest first (audit_events_pool_at; the callers' names by primary key), and where the walk ended: null where
 * it came to the window's beginning.
 */
export async function findRows(
  db: Db,
  ask: RowsAsk,
): Promise<{ readonly rows: readonly FoundRow[]; readonly end: RowCursor | null }> {
  const walk = sql`SELECT * FROM audit_events WHERE ${range(ask)} ORDER BY at DESC, id DESC LIMIT ${LOOKED_AT}`;
  const [rows, ends] = await db.batch([
    allSql<FoundRow>(
      db,
      sql`
      SELECT e.id, e.at, e.request_id AS requestId, e.caller_id AS callerId, c.github_login AS callerLogin,
        e.client_name AS clientName, e.route_kind AS routeKind, e.route_key AS routeKey, e.identity_id AS identityId,
        e.status, e.error_code AS errorCode, e.fallback_reason AS fallbackReason, e.cache, e.miss_reason AS missReason,
        e.backend, e.quota_units AS quotaUnits, e.upstream_calls AS upstreamCalls, e.coalesced, e.revalidated,
        e.duration_ms AS durationMs, e.detail
      FROM (SELECT * FROM (${walk}) WHERE ${matching(ask.filters)} LIMIT ${ask.limit}) AS e
      LEFT JOIN callers AS c ON c.id = e.caller_id ORDER BY e.at DESC, e.id DESC`,
    ),
    allSql<RowCursor>(
      db,
      sql`SELECT at, id FROM audit_events WHERE ${range(ask)} ORDER BY at DESC, id DESC LIMIT 1 OFFSET ${LOOKED_AT - 1}`,
    ),
  ]);
  const last = rows.at(-1);
  if (rows.length >= ask.limit && last !== undefined) return { rows, end: { at: last.at, id: last.id } };
  return { rows, end: ends[0] ?? null };
}

/** One row of a pool by its id (primary key). */
export async function findRow(db: Db, poolId: string, id: number): Promise<FoundRow | undefined> {
  const [row] = await db.all<FoundRow>(sql`
    SELECT e.id, e.at, e.request_id AS requestId, e.caller_id AS callerId, c.github_login AS callerLogin,
      e.client_name AS clientName, e.route_kind AS routeKind, e.route_key AS routeKey, e.identity_id AS identityId,
      e.status, e.error_code AS errorCode, e.fallback_reason AS fallbackReason, e.cache, e.miss_reason AS missReason,
      e.backend, e.quota_units AS quotaUnits, e.upstream_calls AS upstreamCalls, e.coalesced, e.revalidated,
      e.duration_ms AS durationMs, e.detail
    FROM audit_events AS e LEFT JOIN callers AS c ON c.id = e.caller_id WHERE e.id = ${id} AND e.pool_id = ${poolId}`);
  return row;
}

/** How many rows came after one, under filters; `most` at most, among those looked at. */
export async function countNewer(
  db: Db,
  ask: { readonly poolId: string; readonly after: RowCursor; readonly filters: RowFilters; readonly most: number },
): Promise<number> {
  const { poolId, after, filters, most } = ask;
  const [row] = await db.all<{ n: number }>(sql`
    SELECT count(*) AS n FROM (SELECT 1 FROM (
      SELECT * FROM audit_events WHERE pool_id = ${poolId} AND at >= ${after.at}
        AND NOT (at = ${after.at} AND id <= ${after.id}) ORDER BY at, id LIMIT ${LOOKED_AT}
    ) WHERE ${matching(filters)} LIMIT ${most})`);
  return row?.n ?? 0;
}

/** Windows up to this are counted row by row, whatever the filters. */
export const COUNTED_ROW_BY_ROW_MS = 2 * HOUR_MS;

/** Of a short window (audit_events_pool_at). */
export async function countRows(
  db: Db,
  { poolId, from, to, filters }: Pick<RowsAsk, "poolId" | "from" | "to" | "filters">,
): Promise<StatusCounts> {
  const [row] = await db.all<{ counts: string }>(sql`
    SELECT ${COUNTS.audit_events} AS counts FROM audit_events
    WHERE pool_id = ${poolId} AND at >= ${from} AND at < ${to} AND ${matching(filters)}`);
  return countsOfText(row?.counts ?? "");
}
