/** What GET /metrics tells out of D1: one batch, each query by an index it can name. */
import { sql } from "drizzle-orm";
import { allSql, type Db } from "./db.ts";
import { LATENCY_BUCKETS } from "./latency.ts";
import { dayOf } from "./usage.ts";

export interface UsageCounts {
  readonly poolId: string;
  readonly routeKind: string;
  readonly cache: string;
  readonly backend: string;
  readonly outcome: string;
  readonly requests: number;
  readonly quotaUnits: number;
  readonly coalesced: number;
  readonly saved: number;
  readonly durationMs: number;
  /** Requests in each bucket of server/store/latency.ts. */
  readonly latency: readonly number[];
}

export interface StoredMetrics {
  /** Midnight UTC: when the counts below began. */
  readonly since: number;
  readonly usage: readonly UsageCounts[];
  readonly audit: {
    readonly rows: number;
    readonly lost: number;
    /** Numbers an isolate left out: flushes that never reached D1. */
    readonly missingBatches: number;
    readonly lastAt: number | null;
  };
  readonly cache: readonly {
    readonly poolId: string;
    readonly entries: number;
    readonly fresh: number;
    readonly bodyBytes: number;
  }[];
  readonly webhooks: {
    readonly byEvent: readonly {
      readonly event: string;
      readonly deliveries: number;
      /** From their first bytes until D1 had all that they change, summed up; and the longest. */
      readonly visibleMs: number;
      readonly longestMs: number;
    }[];
    readonly lastAt: number | null;
  };
  readonly coverage: { readonly live: number; readonly ended: number };
  readonly anonymous: readonly {
    readonly colo: string;
    readonly resource: string;
    readonly remaining: number;
    readonly limit: number;
    readonly resetAt: number;
  }[];
  readonly housekeeping:
    | { readonly startedAt: number; readonly finishedAt: number; readonly remaining: number; readonly failed: number }
    | undefined;
}

const LATENCY_SUMS = sql.raw(
  Array.from({ length: LATENCY_BUCKETS }, (_, at) => `sum(latency_${at}) AS latency${at}`).join(", "),
);
const NONE = { rows: 0, lost: 0, missingBatches: 0, lastAt: null };

/** Reads a day of rollups, a day of batches and deliveries, and the cache's counting index, which holds no body. */
export async function readMetrics(db: Db, now: number): Promise<StoredMetrics> {
  const since = dayOf(now);
  const [usage, audit, cache, events, coverage, anonymous, runs] = await db.batch([
    allSql<Omit<UsageCounts, "latency"> & Readonly<Record<string, number>>>(
      db,
      sql`SELECT pool_id AS poolId, route_kind AS routeKind, cache, backend, outcome, sum(requests) AS requests,
        sum(quota_units) AS quotaUnits, sum(coalesced) AS coalesced, sum(saved) AS saved, sum(duration_ms) AS durationMs,
        ${LATENCY_SUMS}
      FROM usage_hourly WHERE pool_id IN (SELECT id FROM pools) AND hour >= ${since} GROUP BY 1, 2, 3, 4, 5`,
    ),
    allSql<StoredMetrics["audit"]>(
      db,
      sql`SELECT coalesce(sum(r), 0) AS rows, coalesce(sum(l), 0) AS lost, coalesce(sum(missing), 0) AS missingBatches,
        max(last) AS lastAt
      FROM (SELECT sum(rows) AS r, sum(lost) AS l, max(sequence) - min(sequence) + 1 - count(*) AS missing, max(at) AS last
        FROM audit_batches WHERE at >= ${since} GROUP BY isolate_id)`,
    ),
    allSql<StoredMetrics["cache"][number]>(
      db,
      sql`SELECT pool_id AS poolId, count(*) AS entries, sum(fresh_until > ${now}) AS fresh, sum(body_bytes) AS bodyBytes
      FROM github_cache_entries WHERE pool_id IN (SELECT id FROM pools) GROUP BY pool_id`,
    ),
    allSql<StoredMetrics["webhooks"]["byEvent"][number] & { readonly lastAt: number }>(
      db,
      sql`SELECT event, count(*) AS deliveries, max(received_at) AS lastAt,
        coalesce(sum(visible_ms), 0) AS visibleMs, coalesce(max(visible_ms), 0) AS longestMs FROM webhook_deliveries
      WHERE received_at >= ${since} GROUP BY event`,
    ),
    allSql<StoredMetrics["coverage"]>(
      db,
      sql`SELECT coalesce(sum(ended_at IS NULL), 0) AS live, coalesce(sum(ended_at IS NOT NULL), 0) AS ended FROM repo_coverage`,
    ),
    allSql<StoredMetrics["anonymous"][number]>(
      db,
      sql`SELECT colo, resource, remaining, limit_ AS "limit", reset_at AS resetAt FROM github_public_api_rates
      WHERE reset_at > ${now}`,
    ),
    allSql<NonNullable<StoredMetrics["housekeeping"]>>(
      db,
      sql`SELECT started_at AS startedAt, finished_at AS finishedAt, remaining, failed FROM housekeeping_runs
      ORDER BY id DESC LIMIT 1`,
    ),
  ]);
  return {
    since,
    usage: usage.map((row) => ({ ...row, latency: latencyOf(row) })),
    audit: audit[0] ?? NONE,
    cache,
    webhooks: { byEvent: events, lastAt: events.length === 0 ? null : Math.max(...events.map(({ lastAt }) => lastAt)) },
    coverage: coverage[0] ?? { live: 0, ended: 0 },
    anonymous,
    housekeeping: runs[0],
  };
}

const latencyOf = (row: Readonly<Record<string, unknown>>) =>
  Array.from({ length: LATENCY_BUCKETS }, (_, at) => Number(row[`latency${at}`] ?? 0));

/** What the status door needs of D1, in one batch of a few rows. */
export async function readStatus(
  db: Db,
  now: number,
): Promise<{
  readonly oldestPoolAt: number | null;
  readonly lastRun: StoredMetrics["housekeeping"];
  readonly lostLately: number;
}> {
  const [pools, runs, lost] = await db.batch([
    allSql<{ oldest: number | null }>(db, sql`SELECT min(created_at) AS oldest FROM pools`),
    allSql<NonNullable<StoredMetrics["housekeeping"]>>(
      db,
      sql`SELECT started_at AS startedAt, finished_at AS finishedAt, remaining, failed FROM housekeeping_runs
      ORDER BY id DESC LIMIT 1`,
    ),
    allSql<{ lost: number }>(
      db,
      sql`SELECT coalesce(sum(lost), 0) AS lost FROM audit_batches WHERE at >= ${now - 3_600_000}`,
    ),
  ]);
  return { oldestPoolAt: pools[0]?.oldest ?? null, lastRun: runs[0], lostLately: lost[0]?.lost ?? 0 };
}
