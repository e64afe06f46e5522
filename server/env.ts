/** What Cloudflare hands the Worker. Read only in config.ts, bindings.ts and the tests; identities' secrets by name. */
import type { PoolCoordinator } from "./coordinator/pool-coordinator.ts";

export interface Bindings {
  readonly DB: D1Database;
  readonly POOL_COORDINATOR: DurableObjectNamespace<PoolCoordinator>;
  readonly ACTIONS_LOGS: R2Bucket;
  readonly ASSETS: Fetcher;
}

/** Vars and secrets arrive as text; which names there are is decided in config.ts. */
export type Env = Bindings & { readonly [name: string]: unknown };
