/** The catalogue, a row per kind, with what each carried in a window. */
import { windowInput, pageInput } from "../../shared/dashboard/inputs.ts";
import type { FreshnessView, RouteRow, RoutesView, RouteTraffic } from "../../shared/dashboard/routes.ts";
import { resolveWindow } from "../../shared/dashboard/window.ts";
import { ROUTE_FAMILIES } from "../../shared/routes/index.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import { readPatternsBy, type UsageGroupOf } from "../store/usage-groups.ts";
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
    const window = { poolId, now, ...resolveWindow(input.window, now) };
    const { groups } = await readPatternsBy(deps.db, window, ["route_kind", "miss_reason"]);
    const used = Map.groupBy(groups, ({ key }) => key.route_kind);
    const page = pageOf(KINDS, input);
    return {
      now,
      rows: page.rows.map((kind) => routeRow(kind, used.get(kind.first.kind) ?? [])),
      next: page.next,
      unclassified: (used.get("unclassified") ?? []).reduce((sum, { requests }) => sum + requests, 0),
    };
  }),
});

type Use = UsageGroupOf<"route_kind" | "miss_reason">;

function routeRow({ family, first, templates }: Kind, uses: readonly Use[]): RouteRow {
  const { kind, about, resource, transports, gate } = first;
  const missReasons = uses
    .filter(({ key }) => key.miss_reason !== "")
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
    traffic: { ...trafficOf(uses), missReasons },
  };
}

function trafficOf(uses: readonly Use[]): Omit<RouteTraffic, "missReasons"> {
  const sum = (name: "requests" | "saved" | "fallbacks" | "errors" | "fromCache" | "eligible" | "durationMs") =>
    uses.reduce((total, use) => total + use[name], 0);
  const requests = sum("requests");
  return {
    requests,
    hitRate: hitRateOf({ fromCache: sum("fromCache"), eligible: sum("eligible") }),
    saved: sum("saved"),
    fallbacks: sum("fallbacks"),
    errors: sum("errors"),
    avgMs: requests === 0 ? null : sum("durationMs") / requests,
    lastSeen: uses.length === 0 ? null : Math.max(...uses.map(({ lastSeen }) => lastSeen)),
  };
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
