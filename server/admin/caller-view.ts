/** Callers as the room shows them: who they are, which clients they have, and what each used in a window. */
import type { CallerView, ClientView, UseView } from "../../shared/dashboard/callers.ts";
import type { KnownCaller } from "../store/callers.ts";
import type { ListedCaller } from "../store/caller-list.ts";
import type { UsageGroupOf } from "../store/usage-groups.ts";

export type CallerUse = UsageGroupOf<"caller_id" | "client_name" | "route_kind">;

const TOP_ROUTES = 5;

export function callerView(
  caller: ListedCaller,
  uses: readonly CallerUse[],
  operator: Pick<KnownCaller, "id" | "poolIds">,
): CallerView {
  const own = uses.filter(({ key }) => key.caller_id === caller.id);
  const { id, name, githubLogin: login } = caller;
  return {
    id,
    login,
    name,
    isOperator: caller.dashboardRole === "admin",
    isSelf: id === operator.id,
    disabledAt: caller.disabledAt,
    membershipDeniedAt: caller.membershipDeniedAt,
    membershipVerifiedAt: caller.membershipVerifiedAt,
    createdAt: caller.createdAt,
    grants: operator.poolIds.toSorted().map((pool) => ({
      pool,
      granted: caller.grants.some((grant) => grant.poolId === pool && grant.revokedAt === null),
    })),
    holdsOtherPools: caller.holdsOtherPools,
    clients: clientsOf(caller, own),
    topRoutes: topRoutesOf(own),
    ...sum(own),
  };
}

/** Live clients, and those of the window whose token is gone; most requests first. */
function clientsOf(caller: ListedCaller, own: readonly CallerUse[]): readonly ClientView[] {
  const created = new Map(caller.clients.map(({ clientName, createdAt }) => [clientName, createdAt]));
  const names = new Set([...created.keys(), ...own.map(({ key }) => key.client_name)]);
  return [...names]
    .map((name) => ({
      name,
      createdAt: created.get(name) ?? null,
      ...sum(own.filter(({ key }) => key.client_name === name)),
    }))
    .toSorted((one, other) => other.requests - one.requests || (one.name < other.name ? -1 : 1));
}

function topRoutesOf(own: readonly CallerUse[]): CallerView["topRoutes"] {
  const byKind = new Map<string, number>();
  for (const { key, requests } of own) byKind.set(key.route_kind, (byKind.get(key.route_kind) ?? 0) + requests);
  return [...byKind]
    .map(([routeKind, requests]) => ({ routeKind, requests }))
    .toSorted((one, other) => other.requests - one.requests)
    .slice(0, TOP_ROUTES);
}

function sum(uses: readonly CallerUse[]): UseView {
  const of = (name: "requests" | "saved" | "fallbacks" | "errors" | "quotaUnits") =>
    uses.reduce((total, use) => total + use[name], 0);
  return {
    requests: of("requests"),
    saved: of("saved"),
    fallbacks: of("fallbacks"),
    errors: of("errors"),
    quotaUnits: of("quotaUnits"),
    lastSeen: uses.length === 0 ? null : Math.max(...uses.map(({ lastSeen }) => lastSeen)),
  };
}
