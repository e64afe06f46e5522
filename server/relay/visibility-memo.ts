import type { Deps } from "../deps.ts";
import type { ProofMemo } from "../isolate.ts";

/** The proof this isolate holds, where neither its end nor the revocation bound has passed. */
export function proofInMemory(
  repository: { readonly owner: string; readonly repo: string },
  deps: Deps,
): ProofMemo | undefined {
  const memo = deps.isolate.proofs.get(`${repository.owner}/${repository.repo}`);
  return memo !== undefined && memo.until > deps.now() ? memo : undefined;
}
