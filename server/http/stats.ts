/** The stats report: groups of usage added up into the aggregates and lists of 2-wire. Pure. */
import type { CacheTotals, UsageGroup } from "../store/stats.ts";

/** Rates are 0 to 1, or null where nothing was counted. */
export interface Aggregate {
  readonly requests: number;
  readonly errors: number;
  readonly service_errors: number;
  readonly fallbacks: number;
  readonly avg_duration_ms: number | null;
  readonly cache_hits: number;
  readonly cache_stale: number;
  readonly cache_misses: number;
  readonly cache_bypass: number;
  readonly cache_unknown: number;
  readonly cacheable_requests: number;
  readonly eligible_cache_requests: number;
  readonly cache_hit_rate: number | null;
  readonly cacheable_hit_rate: number | null;
  readonly eligible_cache_hit_rate: number | null;
  readonly bypass_rate: number | null;
  readonly coalesced: number;
  readonly saved_github_requests: number;
  readonly backend_requests: number;
}

type Groups = readonly UsageGroup[];

/** Hits include revalidated answers; stale answers count as served from the cache. */
export function aggregate(groups: Groups): Aggregate {
  const total = (name: NumberMember) => groups.reduce((sum, group) => sum + group[name], 0);
  const withCache = (cache: string) => requestsOf(groups.filter((group) => group.cache === cache));
  const requests = total("requests");
  const [hits, stale, misses, bypass] = ["hit", "stale", "miss", "bypass"].map(withCache) as [
    number,
    number,
    number,
    number,
  ];
  const cacheable = total("cacheable");
  const eligible = total("eligible");
  return {
    requests,
    errors: total("errors"),
    service_errors: total("serviceErrors"),
    fallbacks: total("fallbacks"),
    avg_duration_ms: requests === 0 ? null : Math.round((10 * total("durationMs")) / requests) / 10,
    cache_hits: hits,
    cache_stale: stale,
    cache_misses: misses,
    cache_bypass: bypass,
    cache_unknown: requests - hits - stale - misses - bypass,
    cacheable_requests: cacheable,
    eligible_cache_requests: eligible,
    cache_hit_rate: rate(hits + stale, requests),
    cacheable_hit_rate: rate(hits + stale, cacheable),
    eligible_cache_hit_rate: rate(hits + stale, eligible),
    bypass_rate: rate(bypass, requests),
    coalesced: total("coalesced"),
    saved_github_requests: total("saved"),
    backend_requests: total("backendRequests"),
  };
}

type NumberMember = {
  [Name in keyof UsageGroup]: UsageGroup[Name] extends number ? Name : never;
}[keyof UsageGroup];

const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const requestsOf = (groups: Groups) => groups.reduce((sum, group) => sum + group.requests, 0);
const lastSeenOf = (groups: Groups) =>
  new Date(groups.reduce((latest, group) => Math.max(latest, group.lastSeen), 0)).toISOString();

export interface ReportAsk {
  readonly pool: string;
  /** As the caller wrote it. */
  readonly label: string;
  readonly seconds: number;
  readonly now: number;
  readonly githubLogin: string;
  /** The client that asks. */
  readonly clientName: string;
  /** The client asked about, where it is another. */
  readonly clientFilter: string | undefined;
}

/** `client_*` are about the filter's client, else the one that asks; all clients listed are the caller's own. */
export function statsReport(groups: Groups, cache: CacheTotals, ask: ReportAsk): Readonly<Record<string, unknown>> {
  const mine = groups.filter((group) => group.mine === 1);
  const ofClient = mine.filter((group) => group.client === (ask.clientFilter ?? ask.clientName));
  return {
    generated_at: new Date(ask.now).toISOString(),
    pool: ask.pool,
    window: { label: ask.label, seconds: ask.seconds },
    operator: { github_login: ask.githubLogin, client_name: ask.clientName },
    ...(ask.clientFilter === undefined ? {} : { client_filter: ask.clientFilter }),
    pool_usage: aggregate(groups),
    caller_usage: aggregate(mine),
    client_usage: aggregate(ofClient),
    routes: byRoute(groups),
    caller_routes: byRoute(mine),
    client_routes: byRoute(ofClient),
    clients: listed(mine, (group) => ({ client_name: group.client })).map(withAggregate),
    backends: backends(groups),
    fallback_reasons: fallbackReasons(groups),
    identity_fallbacks: identityFallbacks(groups),
    cache: {
      total_entries: cache.total,
      fresh_entries: cache.fresh,
      expired_entries: cache.total - cache.fresh,
      body_bytes: cache.bodyBytes,
    },
  };
}

interface Part {
  readonly key: Readonly<Record<string, string>>;
  readonly groups: Groups;
}

/** The parts of the usage by key, most requests first, then by key, so that equal counts keep their order. */
function listed(groups: Groups, keyOf: (group: UsageGroup) => Readonly<Record<string, string>>): readonly Part[] {
  const parts = new Map<string, { readonly key: Readonly<Record<string, string>>; readonly groups: UsageGroup[] }>();
  for (const group of groups) {
    const key = keyOf(group);
    const name = JSON.stringify(key);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, { key, groups: [group] });
    else part.groups.push(group);
  }
  return [...parts.entries()]
    .map(([name, part]) => ({ name, part, requests: requestsOf(part.groups) }))
    .sort((one, other) => other.requests - one.requests || (one.name < other.name ? -1 : 1))
    .map(({ part }) => part);
}

const withAggregate = ({ key, groups }: Part) => ({ ...key, ...aggregate(groups), latest_seen_at: lastSeenOf(groups) });
const byRoute = (groups: Groups) => listed(groups, (group) => ({ route_kind: group.routeKind })).map(withAggregate);

/** Requests that called a backend themselves; an answer from the cache called none. */
function backends(groups: Groups) {
  const called = groups.filter((group) => group.backend !== "" && group.backendRequests > 0);
  return listed(called, (group) => ({ backend: group.backend, route_kind: group.routeKind })).map(
    ({ key, groups: part }) => ({
      ...key,
      requests: part.reduce((sum, group) => sum + group.backendRequests, 0),
      cache_misses: requestsOf(part.filter((group) => group.cache === "miss")),
      cache_bypass: requestsOf(part.filter((group) => group.cache === "bypass")),
      revalidated: part.reduce((sum, group) => sum + group.revalidated, 0),
      latest_seen_at: lastSeenOf(part),
    }),
  );
}

const FALLBACK = "fallback:";

function fallbackReasons(groups: Groups) {
  const fallbacks = groups.filter((group) => group.outcome.startsWith(FALLBACK));
  return listed(fallbacks, (group) => ({
    reason: group.outcome.slice(FALLBACK.length),
    route_kind: group.routeKind,
  })).map(({ key, groups: part }) => ({ ...key, requests: requestsOf(part), latest_seen_at: lastSeenOf(part) }));
}

/** Fallbacks that were one identity's fault, whosever requests they were. */
function identityFallbacks(groups: Groups) {
  const fallbacks = groups.filter((group) => group.outcome.startsWith(FALLBACK) && group.identity !== "");
  return listed(fallbacks, ({ identity, outcome }) => ({ identity, reason: outcome.slice(FALLBACK.length) })).map(
    ({ key, groups: part }) => ({ ...key, requests: requestsOf(part), latest_seen_at: lastSeenOf(part) }),
  );
}
