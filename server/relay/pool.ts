/** The pool with its policy and identities, remembered for the revocation bound. */
import { RelayError } from "../../shared/errors.ts";
import { decodePolicy } from "../../shared/policy.ts";
import type { Deps } from "../deps.ts";
import { loadPool } from "../store/pools.ts";
import type { Pool } from "./stages.ts";

/**
 * A pool that is not there is never remembered: it may be created in a moment.
 * @throws RelayError invalid_auth (unknown), misconfigured (its policy cannot be read: closed, never opened), relay_overloaded.
 */
export async function findPool(poolId: string, deps: Deps): Promise<Pool> {
  const memo = deps.isolate.pools.get(poolId);
  const askedAt = deps.now();
  if (memo !== undefined && memo.until > askedAt) return memo.value;
  const { changes } = deps.isolate;
  const row = await loadPool(deps.db, poolId).catch((cause: unknown) => {
    throw new RelayError("relay_overloaded", { cause });
  });
  if (row === undefined) throw new RelayError("invalid_auth");
  const policy = decodePolicy(row.policyText);
  if (policy === undefined) throw new RelayError("misconfigured", { message: "This pool's policy cannot be read." });
  const pool: Pool = { id: row.id, policy, policyVersion: row.policyVersion, identities: row.identities };
  if (deps.isolate.changes === changes)
    deps.isolate.pools.set(poolId, { value: pool, until: askedAt + deps.config.configTtlMs });
  return pool;
}
