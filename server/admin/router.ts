/** Every procedure of the dashboard, a router per noun. web/api.ts imports its type, and nothing else of the server. */
import { sessionRouter } from "./session.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  session: sessionRouter,
});

export type AppRouter = typeof appRouter;
