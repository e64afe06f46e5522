/** A pool's rules about one question. Pure: the relay decides by them, and a policy's preview judges past requests by them. */
import type { RouteSpec } from "../../shared/routes/spec.ts";
import type { Identity, PoolPolicy } from "./stages.ts";

/** The member of the policy that refuses, and what the caller is told. */
export type Closed =
  | { readonly rule: "allow_logs"; readonly reason: "logs_denied" }
  | { readonly rule: "allow_search"; readonly reason: "search_denied" }
  | { readonly rule: "allow_public_repos"; readonly reason: "owner_denied" };

/** The gate that the row of the table names. Undefined: it is open, or there is none. */
export function closedGate(policy: PoolPolicy, gate: RouteSpec["gate"]): Closed | undefined {
  if (gate === "allow_logs" && !policy.allow_logs) return { rule: "allow_logs", reason: "logs_denied" };
  if (gate === "allow_search" && !policy.allow_search) return { rule: "allow_search", reason: "search_denied" };
  return undefined;
}

/** @param owner lower-cased, of the repository that the answer belongs to; undefined: it belongs to none. */
export function closedOwner(policy: PoolPolicy, owner: string | undefined): Closed | undefined {
  return isOwnerAllowed(policy, owner) || policy.allow_public_repos
    ? undefined
    : { rule: "allow_public_repos", reason: "owner_denied" };
}

export function isOwnerAllowed(policy: PoolPolicy, owner: string | undefined): boolean {
  return owner === undefined || policy.allowed_owners.includes(owner);
}

/** An owner outside the policy is served as anybody's public repository: by `*` scopes only. */
export function coversRepository(
  identity: Pick<Identity, "scopes">,
  repository: { readonly owner: string; readonly repo: string },
  ownerAllowed: boolean,
): boolean {
  return identity.scopes.some(({ owner, repo }) => {
    if (owner === "*") return true;
    return ownerAllowed && owner === repository.owner && (repo === undefined || repo === repository.repo);
  });
}
