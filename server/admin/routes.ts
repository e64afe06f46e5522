/** The catalogue, a row per kind, with what each carried in a window. */
import { windowInput, pageInput } from "../../shared/dashboard/inputs.ts";
import type { FreshnessView, RouteRow, RoutesView, RouteTraffic } from "../../shared/dashboard/routes.ts";
import { resolveWindow } from "../../shared/dashboard/window.ts";
import { ROUTE_FAMILIES } from "../../shared/routes/index.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import { readPatternsBy, readUsageBy, type UsageGroupOf } from "../store/usage-groups.ts";
import { pageOf } from "./cursors.ts";
import { operatorProcedure, router } from "./trpc.ts";

interface Kind {
  readonly family: string;
  readonly first: RouteSpec;
  readonly templates: readonly string[];
}

const KINDS: readonly Kind[] = ROUTE_FAMILIES.flatMap(({ title, routes }) => {
  const byKind = Map.groupBy<string, RouteSpec>(routes, (route) => route.kind);
  return [...byKind.values()].flatMap((rows): readonly Kind[] => {
    const [first] = rows;
    return first === undefined ? [] : [{ family: title, first, templates: rows.map((row) => row.template) }];
  });
});

const listInput = pageInput.extend({ window: windowInput.default("24h") });

export const routesRouter = router({
  /** In the catalogue's order. */
  list: operatorProcedure.input(listInput).query(async ({ ctx, input }): Promise<RoutesView> => {
    const { deps, poolId } = ctx;
    const now = deps.now();
    const window = { poolId, ...resolveWindow(input.window, now) };
    const [used, missed] = await Promise.all([
      readUsageBy(deps.db, window, ["route_kind"]),
      readPatternsBy(deps.db, window, ["route_kind", "miss_reason"]),
    ]);
    const page = pageOf(KINDS, input);
    return {
      now,
      rows: page.rows.map((kind) => routeRow(kind, used.groups, missed.groups)),
      next: page.next,
      unclassified: used.groups.find(({ key }) => key.route_kind === "unclassified")?.requests ?? 0,
    };
  }),
});

type Use = UsageGroupOf<"route_kind">;
type Misses = UsageGroupOf<"route_kind" | "miss_reason">;

function routeRow({ family, first, templates }: Kind, uses: readonly Use[], misses: readonly Misses[]): RouteRow {
  const { kind, about, resource, transports, gate } = first;
  const use = uses.find(({ key }) => key.route_kind === kind);
  const missReasons = misses
    .filter(({ key }) => key.route_kind === kind && key.miss_reason !== "")
    .map(({ key, requests }) => ({ reason: key.miss_reason, requests }));
  return {
    kind,
    family,
    about,
    resource,
    transports: [...transports],
    gate: gate ?? null,
    templates,
    freshness: freshnessView(first.freshness),
    traffic: { ...trafficOf(use), missReasons },
  };
}

function trafficOf(use: Use | undefined): Omit<RouteTraffic, "missReasons"> {
  if (use === undefined)
    return { requests: 0, hitRate: null, saved: 0, fallbacks: 0, errors: 0, avgMs: null, lastSeen: null };
  const { requests, saved, fallbacks, errors, lastSeen } = use;
  return { requests, saved, fallbacks, errors, lastSeen, hitRate: hitRateOf(use), avgMs: use.durationMs / requests };
}

/** (hit + revalidated + stale) ÷ (those + miss). */
export function hitRateOf({ fromCache, eligible }: { readonly fromCache: number; readonly eligible: number }) {
  return eligible === 0 ? null : fromCache / eligible;
}

function freshnessView(freshness: RouteSpec["freshness"]): FreshnessView {
  const { policy, freshSeconds, staleSeconds, swrSeconds, coveredSeconds, endedBy } = freshness;
  return {
    policy,
    freshSeconds: freshSeconds ?? null,
    staleSeconds,
    swrSeconds,
    coveredSeconds: coveredSeconds ?? null,
    endedBy: [...endedBy],
  };
}
