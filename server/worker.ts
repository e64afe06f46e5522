/** Cloudflare's entry: fetch, scheduled, and the Durable Object. */
import { createWorker } from "./create-worker.ts";

export { PoolCoordinator } from "./coordinator/pool-coordinator.ts";
export default createWorker();
