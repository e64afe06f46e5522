import type { PoolCoordinator } from "./pool-coordinator.ts";
import type { CoordinatorDoors } from "./protocol.ts";

/**
 * The coordinator of a pool. Reaching it can fail (it restarts on deployments): the caller must be able to go on alone.
 */
export function coordinatorFor(namespace: DurableObjectNamespace<PoolCoordinator>, poolId: string): CoordinatorDoors {
  return namespace.get(namespace.idFromName(`pool:${poolId}`));
}
