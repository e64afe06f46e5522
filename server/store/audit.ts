/** Audit rows and the hourly rollups they are added to: one batch, which counts once or not at all. */
import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { CacheStatus, MissReason, StaleReason } from "../../shared/cache-status.ts";
import type { ErrorCode } from "../../shared/errors.ts";
import { type Db, statement } from "./db.ts";
import { auditEvents } from "./schema/index.ts";
import { COUNT_COLUMNS, sumHourly, sumRoutes } from "./usage.ts";

/** One validated request. Never a query value, a body or a token. Times and durations in ms. */
export interface AuditRow {
  readonly requestId: string;
  readonly at: number;
  readonly poolId: string;
  readonly callerId: string;
  readonly clientName: string;
  readonly routeKind: string;
  /** Owner and repository only; what else a path holds stands as its parameter's name. */
  readonly routeKey: string;
  readonly identityId?: string | undefined;
  /** GitHub's status, or that of the refusal. */
  readonly status: number;
  readonly errorCode?: ErrorCode | undefined;
  readonly fallbackReason?: string | undefined;
  readonly cache: CacheStatus | "unknown";
  readonly missReason?: MissReason | undefined;
  readonly backend?: "github_web" | "github_api" | "github_identity" | undefined;
  readonly quotaUnits: number;
  readonly upstreamCalls: number;
  readonly coalesced: boolean;
  readonly revalidated: boolean;
  readonly cacheable: boolean;
  readonly staleReason?: StaleReason | undefined;
  readonly durationMs: number;
  /** Compact stage timings. */
  readonly trail: string;
  /** Identities that were tried and could not, and why. */
  readonly setbacks?: readonly AuditSetback[] | undefined;
}

export interface AuditSetback {
  readonly identityId: string;
  readonly code: ErrorCode;
  readonly githubStatus?: number;
}

export interface AuditBatch {
  readonly isolateId: string;
  /** Grows by one with each batch of an isolate: a gap is a lost flush. */
  readonly sequence: number;
  readonly rows: readonly AuditRow[];
  /** Rows the isolate had to drop since its batch before. */
  readonly lost: number;
  readonly at: number;
}

/** One read tries three identities; a request of several reads needs no more to be understood. */
const MOST_SETBACKS = 6;

const EVENT_COLUMNS = [
  "pool_id",
  "at",
  "request_id",
  "caller_id",
  "client_name",
  "route_kind",
  "route_key",
  "identity_id",
  "status",
  "error_code",
  "fallback_reason",
  "cache",
  "miss_reason",
  "backend",
  "quota_units",
  "upstream_calls",
  "coalesced",
  "revalidated",
  "cacheable",
  "duration_ms",
  "detail",
] as const;
const HOURLY_KEY = [
  "pool_id",
  "hour",
  "caller_id",
  "client_name",
  "route_kind",
  "cache",
  "backend",
  "identity_id",
  "outcome",
] as const;
const ROUTES_KEY = ["pool_id", "hour", "route_kind", "route_key", "cache", "miss_reason", "outcome"] as const;

/**
 * Writes a flush: its id, its rows and the rollups, four statements in one batch, each row a JSON element of one bound
 * parameter. A batch of an id already written fails as a whole; see isRepeatedBatch.
 */
export async function writeAuditBatch(db: Db, batch: AuditBatch): Promise<void> {
  const batchId = `${batch.isolateId}:${batch.sequence}`;
  await db.batch([
    statement(
      db,
      sql`
      INSERT INTO audit_batches (batch_id, isolate_id, sequence, rows, lost, at)
      VALUES (${batchId}, ${batch.isolateId}, ${batch.sequence}, ${batch.rows.length}, ${batch.lost}, ${batch.at})`,
    ),
    statement(
      db,
      sql`${insertFrom("audit_events", EVENT_COLUMNS)} ${JSON.stringify(batch.rows.map(eventOf))}) WHERE true`,
    ),
    rollupQuery(db, "usage_hourly", HOURLY_KEY, sumHourly(batch.rows)),
    rollupQuery(db, "usage_routes_hourly", ROUTES_KEY, sumRoutes(batch.rows)),
  ]);
}

/** Whether a failed write means that this batch was written before: its answer was lost, not its rows. */
export function isRepeatedBatch(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes("UNIQUE constraint failed: audit_batches.batch_id")) return true;
  }
  return false;
}

/** INSERT INTO table (columns) SELECT value->>0, … FROM json_each( */
function insertFrom(table: string, columns: readonly string[]) {
  const names = sql.raw(columns.join(", "));
  const values = sql.raw(columns.map((_, index) => `value ->> ${index}`).join(", "));
  return sql`INSERT INTO ${sql.raw(table)} (${names}) SELECT ${values} FROM json_each(`;
}

function rollupQuery(db: Db, table: string, key: readonly string[], rows: readonly (readonly (string | number)[])[]) {
  const add = COUNT_COLUMNS.map((column) =>
    column === "last_seen"
      ? "last_seen = max(last_seen, excluded.last_seen)"
      : `${column} = ${column} + excluded.${column}`,
  );
  return statement(
    db,
    sql`${insertFrom(table, [...key, ...COUNT_COLUMNS])} ${JSON.stringify(rows)}) WHERE true
    ON CONFLICT (${sql.raw(key.join(", "))}) DO UPDATE SET ${sql.raw(add.join(", "))}`,
  );
}

/** In the order of EVENT_COLUMNS; what is absent is empty text. */
function eventOf(row: AuditRow): readonly (string | number)[] {
  const { trail, staleReason, setbacks = [] } = row;
  const detail = {
    trail,
    ...(staleReason === undefined ? {} : { staleReason }),
    ...(setbacks.length === 0 ? {} : { setbacks: setbacks.slice(0, MOST_SETBACKS) }),
  };
  return [
    row.poolId,
    row.at,
    row.requestId,
    row.callerId,
    row.clientName,
    row.routeKind,
    row.routeKey,
    row.identityId ?? "",
    row.status,
    row.errorCode ?? "",
    row.fallbackReason ?? "",
    row.cache,
    row.missReason ?? "",
    row.backend ?? "",
    row.quotaUnits,
    row.upstreamCalls,
    Number(row.coalesced),
    Number(row.revalidated),
    Number(row.cacheable),
    Math.round(row.durationMs),
    JSON.stringify(detail),
  ];
}

/** Audit rows of a pool in [from, to), newest first (audit_events_pool_at); `beforeId` continues a list. */
export async function listAuditRows(
  db: Db,
  ask: {
    readonly poolId: string;
    readonly from: number;
    readonly to: number;
    readonly limit: number;
    readonly beforeId?: number;
  },
) {
  return db
    .select()
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.poolId, ask.poolId),
        gte(auditEvents.at, ask.from),
        lt(auditEvents.at, ask.to),
        ask.beforeId === undefined ? undefined : lt(auditEvents.id, ask.beforeId),
      ),
    )
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(ask.limit);
}

/** One caller's rows since `from`, newest first: a walk over the pool's rows of that time (audit_events_pool_at). */
export async function listOwnRequests(
  db: Db,
  ask: { readonly poolId: string; readonly callerId: string; readonly from: number; readonly limit: number },
) {
  const { poolId, callerId, from, limit } = ask;
  return db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.poolId, poolId), gte(auditEvents.at, from), eq(auditEvents.callerId, callerId)))
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(limit);
}
