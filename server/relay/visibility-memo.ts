import type { Deps } from "../deps.ts";
import type { ProofMemo } from "../isolate.ts";
import type { ProofRow } from "../store/visibility.ts";

/** The proof this isolate holds, where neither its end nor the revocation bound has passed. */
export function proofInMemory(
  repository: { readonly owner: string; readonly repo: string },
  deps: Deps,
): ProofMemo | undefined {
  const memo = deps.isolate.proofs.get(`${repository.owner}/${repository.repo}`);
  return memo !== undefined && memo.until > deps.now() ? memo : undefined;
}

/** D1 was read: a proof that another isolate ended or renewed since this one asked GitHub is remembered no longer. */
export function heedStored(row: ProofRow | undefined, deps: Deps): void {
  if (row === undefined) return;
  const name = `${row.owner}/${row.repo}`;
  const memo = deps.isolate.proofs.get(name);
  if (memo !== undefined && row.checkedAt > memo.checkedAt) deps.isolate.proofs.delete(name);
}
