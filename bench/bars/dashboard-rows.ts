/** What the dashboard is measured over beside the rows of bar 10: patterns by the hour, and the callers who asked. */
import { POOL } from "../simulation.ts";
import { COUNTS, DAYS, HOUR_MS, LATENCIES, NUMBERS, type StatsStore } from "./stats-rows.ts";

/** After seedStats, whose audit rows it sums up. Answers how many rows of patterns there are. */
export async function seedDashboard(store: StatsStore, now: number): Promise<number> {
  await store.sql(...callers(now));
  await store.sql(patterns());
  for (let day = 1; day < DAYS; day++) await store.sql(dayBefore(day, now));
  const [[counted] = []] = await store.sql("SELECT count(*) AS n FROM usage_routes_hourly");
  return Number(counted?.["n"]);
}

const SPLIT = "route_kind, route_key, cache, miss_reason, outcome";

/** As server/store/usage.ts sums rows up by route; see `rollup` in stats-rows.ts. */
function patterns(): string {
  const sums = COUNTS.map((column) => (column === "last_seen" ? "max(at)" : (SUMS[column] ?? "0")));
  return `INSERT INTO usage_routes_hourly (pool_id, hour, ${SPLIT}, ${NUMBERS})
    SELECT pool_id, at - at % ${HOUR_MS}, route_kind, route_key, cache, miss_reason,
      CASE WHEN fallback_reason <> '' THEN 'fallback:' || fallback_reason ELSE 'ok' END AS outcome,
      ${[...sums, ...LATENCIES.map(() => "0")].join(", ")}
    FROM audit_events WHERE pool_id = '${POOL}' GROUP BY 1, 2, 3, 4, 5, 6, 7`;
}

const SUMS: Readonly<Record<string, string>> = {
  requests: "count(*)",
  quota_units: "sum(quota_units)",
  revalidated: "sum(revalidated)",
  cacheable: "sum(cacheable)",
  eligible: "count(*)",
  fallbacks: "sum(fallback_reason <> '')",
  saved: "sum(quota_units = 0)",
  backend_requests: "sum(upstream_calls)",
  duration_ms: "sum(duration_ms)",
};

function dayBefore(day: number, now: number): string {
  const first = now - (now % HOUR_MS) - 23 * HOUR_MS;
  return `INSERT OR IGNORE INTO usage_routes_hourly (pool_id, hour, ${SPLIT}, ${NUMBERS})
    SELECT pool_id, hour - ${day * 24 * HOUR_MS}, ${SPLIT}, ${NUMBERS} FROM usage_routes_hourly
    WHERE pool_id = '${POOL}' AND hour >= ${first} AND hour <= ${now}`;
}

/** Those of the audit rows, each with a token and the pool. */
function callers(now: number): readonly string[] {
  const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 39)";
  return [
    `${numbers} INSERT INTO callers (id, github_user_id, github_login, login_key, name, org_login, dashboard_role,
      membership_verified_at, created_at, updated_at)
    SELECT 'caller_' || i, 9000000 + i, 'caller-' || i, 'caller-' || i, '', 'acme-inc', 'none', ${now}, ${now}, ${now} FROM n`,
    `${numbers} INSERT INTO caller_pools (caller_id, pool_id, granted_at) SELECT 'caller_' || i, '${POOL}', ${now} FROM n`,
    `${numbers} INSERT INTO caller_tokens (token_hash, caller_id, client_name, created_at)
    SELECT 'hash-' || i, 'caller_' || i, 'laptop-' || (i % 2), ${now} FROM n`,
  ];
}
