import { z } from "zod";
import { windowInput } from "../../shared/dashboard/inputs.ts";
import type { PoolStanding, Usage } from "../../shared/dashboard/overview.ts";
import { resolveWindow, windowBefore } from "../../shared/dashboard/window.ts";
import { RelayError } from "../../shared/errors.ts";
import { setupProblem } from "../relay/identity-setup.ts";
import { listAdminEvents } from "../store/admin-events.ts";
import { loadPool } from "../store/pools.ts";
import { countLostRows, readSeries, type SeriesAsk } from "../store/series.ts";
import { standingOf } from "./pool-standing.ts";
import { operatorProcedure, router } from "./trpc.ts";
import { bucketOf, bucketsOf, figuresOf, routesOf, troublesOf } from "./usage-figures.ts";

const TOP_ROUTES = 8;
const TROUBLES = 8;
const ACTS = 5;

export const overviewRouter = router({
  /** A window beside the one before it: figures, buckets, top routes, what went wrong and what operators did. */
  usage: operatorProcedure.input(z.object({ window: windowInput })).query(async ({ ctx, input }): Promise<Usage> => {
    const { deps, poolId } = ctx;
    const now = deps.now();
    const window = resolveWindow(input.window, now);
    const earlier = windowBefore(window);
    const bucketMs = bucketOf(window);
    const ask: SeriesAsk = { poolId, ...window, now, bucketMs, shiftMs: 0 };
    const [read, events, lostRows] = await Promise.all([
      readSeries(deps.db, ask, { ...ask, ...earlier, shiftMs: window.to - window.from }),
      listAdminEvents(deps.db, poolId, ACTS),
      countLostRows(deps.db, window.from, window.to),
    ]);
    const routes = routesOf(read.breakdown);
    return {
      at: now,
      window,
      bucketMs,
      now: figuresOf(read.series),
      before: figuresOf(read.before),
      buckets: bucketsOf(window, bucketMs, read.series, read.before),
      routes: routes.slice(0, TOP_ROUTES),
      routeKinds: routes.length,
      troubles: troublesOf(read.breakdown, TROUBLES),
      acts: events
        .filter(({ at }) => at >= window.from && at < window.to)
        .map(({ id, at, actor, action, subject }) => ({ id, at, actor, action, subject })),
      lostRows,
    };
  }),

  /** The identities right now, worst first, with how long they last. */
  standing: operatorProcedure.query(async ({ ctx }): Promise<PoolStanding> => {
    const { deps, poolId } = ctx;
    const pool = await loadPool(deps.db, poolId);
    if (pool === undefined) throw new RelayError("pool_not_found");
    const snapshot = await deps
      .coordinator(poolId)
      .snapshot(pool.identities.map(({ id }) => id))
      .catch(() => undefined); // it restarts on deployments: then no reading is known, and the page says so
    return standingOf(pool.identities, snapshot, (identity) => setupProblem(identity, deps), deps.now());
  }),
});
