import type { Me } from "../../shared/dashboard/session.ts";
import { router, sessionProcedure } from "./trpc.ts";

export const sessionRouter = router({
  /** Who is signed in, and in which pools he may act. */
  me: sessionProcedure.query(({ ctx }): Me => ({
    login: ctx.operator.githubLogin,
    pools: ctx.operator.poolIds.toSorted(),
    now: ctx.deps.now(),
  })),
});
