/** Ends everything stored of a repository in one pool: it is no longer public. */
import type { Deps } from "../deps.ts";
import { bumpGenerations } from "../store/generations.ts";
import { deleteEntriesOfScope } from "../store/purge.ts";
import { dropAtEdge } from "./edge.ts";
import { forgetLogs } from "./log-store.ts";
import { dropProofAtEdge } from "./proof-edge.ts";

/**
 * The generation first: it ends every copy everywhere within the memo bound. Then the bytes: this isolate, D1, R2 and
 * this data centre's edge. Copies at other edges can be served to nobody and end by themselves.
 */
export async function forgetRepository(
  poolId: string,
  repository: { readonly owner: string; readonly repo: string },
  deps: Deps,
): Promise<void> {
  const scope = `${repository.owner}/${repository.repo}`;
  deps.isolate.entries.deleteScope(poolId, scope);
  deps.isolate.plainFiles.forgetScope(scope);
  await dropProofAtEdge({ poolId, scope }, deps);
  await bumpGenerations(deps.db, poolId, scope, [`repo:${scope}`, `visibility:${scope}`], deps.now());
  deps.isolate.endEpochs(poolId, [scope], deps.now());
  const { cacheKeys, r2Keys } = await deleteEntriesOfScope(deps.db, poolId, scope);
  await Promise.all(cacheKeys.map((cacheKey) => dropAtEdge(cacheKey, deps)));
  if (r2Keys.length > 0) await deps.bucket.delete([...r2Keys]);
  await forgetLogs(poolId, repository, deps.bucket);
}
