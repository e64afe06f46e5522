/** Every procedure of the dashboard, a router per noun. web/api.ts imports its type, and nothing else of the server. */
import { adminLogRouter } from "./admin-log.ts";
import { cacheRouter } from "./cache.ts";
import { callersRouter } from "./callers.ts";
import { identitiesRouter } from "./identities.ts";
import { policyRouter } from "./policy.ts";
import { routesRouter } from "./routes.ts";
import { trafficRouter } from "./traffic.ts";
import { usageRouter } from "./usage.ts";
import { overviewRouter } from "./overview.ts";
import { sessionRouter } from "./session.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  adminLog: adminLogRouter,
  cache: cacheRouter,
  callers: callersRouter,
  identities: identitiesRouter,
  policy: policyRouter,
  routes: routesRouter,
  traffic: trafficRouter,
  usage: usageRouter,
  overview: overviewRouter,
  session: sessionRouter,
});

export type AppRouter = typeof appRouter;
