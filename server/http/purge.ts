/** POST /v1/admin/pools/:pool/purge: ends stored answers by surrogate key, repository or path. */
import { RelayError } from "../../shared/errors.ts";
import { scopeOfKey } from "../../shared/surrogate-keys.ts";
import { POOL_NAME, purgeSchema } from "../../shared/wire.ts";
import { purgeKeysOf } from "../admin/purge-keys.ts";
import type { Deps } from "../deps.ts";
import { findPool } from "../store/pools.ts";
import { countByKeys, purgeKeys } from "../store/purge.ts";
import { requireAdmin } from "./admin-auth.ts";
import { invalidField, readJsonBody } from "./read-body.ts";
import { json } from "./respond.ts";

/**
 * `purged` counts the stored answers these keys name; with `dry_run` nothing else happens. Binding everywhere within
 * the memo bound, here at once. @throws RelayError pool_not_found, invalid_request, invalid_path, route_denied.
 */
export async function purge(request: Request, deps: Deps, params: Readonly<Record<string, string>>): Promise<Response> {
  requireAdmin(request, deps);
  const poolId = params["pool"] ?? "";
  if (!POOL_NAME.test(poolId)) throw invalidField("pool", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
  const body = await readJsonBody(request, purgeSchema);
  if ((await findPool(deps.db, poolId)) === undefined) throw new RelayError("pool_not_found");
  const keys = purgeKeysOf(body);
  if (keys.length === 0) throw invalidField("keys", "must name something: give keys, repo or path");
  const purged = await countByKeys(deps.db, poolId, keys);
  const dryRun = body.dry_run === true;
  if (!dryRun) {
    const act = { actor: "admin-token", at: deps.now(), requestId: deps.requestId };
    const byScope = Map.groupBy(keys, scopeOfKey);
    await purgeKeys(deps.db, poolId, byScope, act);
    deps.isolate.endEpochs(poolId, byScope.keys(), deps.now());
  }
  return json(200, { purged, dry_run: dryRun });
}
