/** Grouped usage as rows for people. Pure. */
import type { CallerUseRow, CauseRow, PatternRow } from "../../shared/dashboard/usage.ts";
import { ERRORS, type ErrorCode } from "../../shared/errors.ts";
import type { UsageGroupOf, UsageSums } from "../store/usage-groups.ts";
import { hitRateOf } from "./routes.ts";
import { type MayName, repositoryOfKey, withoutName } from "./shown-names.ts";

/** Most requests first. A repository that may not be named is counted under its template. */
export function patternRows(
  groups: readonly UsageGroupOf<"route_kind" | "route_key" | "outcome">[],
  mayName: MayName,
): readonly PatternRow[] {
  const sums = new Map<string, UsageSums & { readonly routeKind: string; readonly pattern: string }>();
  for (const group of groups) {
    const { route_kind: routeKind, route_key: routeKey, outcome } = group.key;
    const repository = repositoryOfKey(routeKey);
    const isNamed = repository === undefined || mayName(repository, outcome === "ok");
    const pattern = isNamed ? routeKey : withoutName(routeKey);
    const id = `${routeKind} ${pattern}`;
    sums.set(id, { ...added(sums.get(id), group), routeKind, pattern });
  }
  return [...sums.values()]
    .map(({ routeKind, pattern, ...sum }) => ({
      routeKind,
      pattern,
      requests: sum.requests,
      hitRate: hitRateOf(sum),
      saved: sum.saved,
      quotaUnits: sum.quotaUnits,
      fallbacks: sum.fallbacks,
      errors: sum.errors,
      avgMs: sum.durationMs / sum.requests,
      lastSeen: sum.lastSeen,
    }))
    .toSorted((one, other) => other.requests - one.requests || (one.pattern < other.pattern ? -1 : 1));
}

function added(before: UsageSums | undefined, more: UsageSums): UsageSums {
  if (before === undefined) return more;
  return {
    requests: before.requests + more.requests,
    quotaUnits: before.quotaUnits + more.quotaUnits,
    fromCache: before.fromCache + more.fromCache,
    eligible: before.eligible + more.eligible,
    saved: before.saved + more.saved,
    errors: before.errors + more.errors,
    fallbacks: before.fallbacks + more.fallbacks,
    lastSeen: Math.max(before.lastSeen, more.lastSeen),
    durationMs: before.durationMs + more.durationMs,
  };
}

/** What the pool or its policy refuses by rule; the other fallbacks are for want of something. */
const DENIALS: ReadonlySet<string> = new Set([
  "route_denied",
  "search_denied",
  "logs_denied",
  "owner_denied",
  "repo_not_public",
  "pool_denied",
  "method_denied",
]);
const MOST_ROUTES = 20;

/** By code, most requests first. */
export function causeRows(refused: readonly UsageGroupOf<"route_kind" | "outcome">[]): readonly CauseRow[] {
  const byOutcome = Map.groupBy(refused, ({ key }) => key.outcome);
  return [...byOutcome]
    .map(([outcome, groups]): CauseRow => {
      const [how = "", code = ""] = outcome.split(":");
      return {
        kind: DENIALS.has(code) ? "denial" : how === "fallback" ? "fallback" : "error",
        code,
        says: code in ERRORS ? ERRORS[code as ErrorCode].says : "",
        requests: groups.reduce((total, { requests }) => total + requests, 0),
        lastSeen: Math.max(...groups.map(({ lastSeen }) => lastSeen)),
        routes: groups.slice(0, MOST_ROUTES).map(({ key, requests }) => ({ routeKind: key.route_kind, requests })),
      };
    })
    .toSorted((one, other) => other.requests - one.requests);
}

export function callerRows(
  groups: readonly UsageGroupOf<"caller_id">[],
  logins: ReadonlyMap<string, string>,
  all: number,
): readonly CallerUseRow[] {
  return groups.map((group) => ({
    callerId: group.key.caller_id,
    login: logins.get(group.key.caller_id) ?? "",
    requests: group.requests,
    saved: group.saved,
    fallbacks: group.fallbacks,
    errors: group.errors,
    quotaUnits: group.quotaUnits,
    lastSeen: group.lastSeen,
    hitRate: hitRateOf(group),
    share: all === 0 ? 0 : group.requests / all,
  }));
}
