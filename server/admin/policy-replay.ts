/**
 * What another policy would have done with requests that were made, by the very rules of the relay and from what was
 * kept of them. What cannot be told from that is counted and said. Pure.
 */
import type { Unjudged } from "../../shared/dashboard/policy.ts";
import type { Policy } from "../../shared/policy.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import { closedGate, closedOwner, coversRepository, isOwnerAllowed } from "../relay/policy-rules.ts";
import type { Identity } from "../relay/stages.ts";
import type { ReplayFetches, ReplayPattern } from "../store/replay.ts";
import { repositoryOfKey } from "./shown-names.ts";

export interface Policies {
  readonly before: Policy;
  readonly after: Policy;
}

export interface ReplayChange {
  /**
   * refused: was served, would be sent to the caller's own gh. admitted: was refused by this rule, would go on.
   * narrowed: would lose the identity that fetched it; another or a token-free source must do.
   */
  readonly effect: "refused" | "admitted" | "narrowed";
  /** The member of the policy that decides. */
  readonly rule: keyof Policy;
  /** What a refused caller would be told, or was. */
  readonly reason: string | null;
  readonly routeKind: string;
  readonly routeKey: string;
  readonly requests: number;
  readonly latestAt: number;
}

export interface Replayed {
  /** Most requests first. Patterns in which nothing changes are left out. */
  readonly changes: readonly ReplayChange[];
  readonly unjudged: readonly Unjudged[];
}

interface Kind {
  readonly gate: RouteSpec["gate"];
  /** A search whose text names its repository, and the text is not kept. */
  readonly isRepositorySearch: boolean;
}

const KINDS: ReadonlyMap<string, Kind> = new Map(
  ROUTES.filter(({ gate }) => gate !== undefined).map(({ kind, gate, surrogateKeys }) => {
    return [kind as string, { gate, isRepositorySearch: gate === "allow_search" && surrogateKeys.length > 1 }] as const;
  }),
);

export function replayRules(patterns: readonly ReplayPattern[], policies: Policies): Replayed {
  const judged = patterns.map((pattern) => ({ pattern, verdict: judge(pattern, policies) }));
  const changes = judged.flatMap(({ pattern, verdict }): readonly ReplayChange[] => {
    if (verdict === undefined || "why" in verdict) return [];
    const { routeKind, routeKey, requests, latestAt } = pattern;
    return [{ ...verdict, routeKind, routeKey, requests, latestAt }];
  });
  const unjudged = judged.flatMap(({ pattern, verdict }) =>
    verdict !== undefined && "why" in verdict ? [{ ...verdict, requests: pattern.requests }] : [],
  );
  return { changes: changes.toSorted((one, other) => other.requests - one.requests), unjudged: summed(unjudged) };
}

type Verdict = Pick<ReplayChange, "effect" | "rule" | "reason"> | Pick<Unjudged, "rule" | "why"> | undefined;

function judge(pattern: ReplayPattern, policies: Policies): Verdict {
  const { gate, isRepositorySearch } = KINDS.get(pattern.routeKind) ?? { gate: undefined, isRepositorySearch: false };
  const { fallbackReason } = pattern;
  const [was, is] = [closedGate(policies.before, gate), closedGate(policies.after, gate)];
  if (was === undefined && is !== undefined) return fallbackReason === "" ? { effect: "refused", ...is } : undefined;
  if (was !== undefined && is === undefined && fallbackReason === was.reason) {
    // Behind the gate of searches stands their guard, which reads the text.
    if (gate === "allow_search") return { rule: was.rule, why: "search_text" };
    return closedOwner(policies.after, ownerOf(pattern)) === undefined ? { effect: "admitted", ...was } : undefined;
  }
  if (is !== undefined) return undefined;
  if (!isRepositorySearch) return ownerVerdict(pattern, policies);
  const mayDiffer = fallbackReason === "" || fallbackReason === "owner_denied";
  return mayDiffer && ownersDiffer(policies) ? { rule: "allowed_owners", why: "search_repository" } : undefined;
}

const ownerOf = ({ routeKey }: ReplayPattern) => repositoryOfKey(routeKey)?.owner.toLowerCase();

function ownerVerdict(pattern: ReplayPattern, { before, after }: Policies): Verdict {
  const owner = ownerOf(pattern);
  const [was, is] = [closedOwner(before, owner), closedOwner(after, owner)];
  const rule = isOwnerAllowed(before, owner) === isOwnerAllowed(after, owner) ? "allow_public_repos" : "allowed_owners";
  if (pattern.fallbackReason === "") {
    return was === undefined && is !== undefined ? { effect: "refused", rule, reason: is.reason } : undefined;
  }
  if (pattern.fallbackReason !== "owner_denied") return undefined;
  if (was !== undefined) return is === undefined ? { effect: "admitted", rule, reason: was.reason } : undefined;
  // Refused although its owner's name is allowed: the repository has moved to one that the row does not name.
  if (before.allow_public_repos) return undefined;
  if (after.allow_public_repos) return { effect: "admitted", rule: "allow_public_repos", reason: "owner_denied" };
  return sameOwners(before, after) ? undefined : { rule: "allowed_owners", why: "moved_owner" };
}

/** Some owner is served under one of the policies and not under the other. */
function ownersDiffer({ before, after }: Policies): boolean {
  if (before.allow_public_repos !== after.allow_public_repos) return true;
  return !before.allow_public_repos && !sameOwners(before, after);
}

function sameOwners(one: Policy, other: Policy): boolean {
  const within = (these: Policy, those: Policy) =>
    these.allowed_owners.every((owner) => those.allowed_owners.includes(owner));
  return within(one, other) && within(other, one);
}

/** Identities that serve an owner of the policy only as long as it is one. */
export function bySparedOwners(identities: readonly Identity[], { before, after }: Policies): readonly Identity[] {
  const leaves = before.allowed_owners.some((owner) => !after.allowed_owners.includes(owner));
  return leaves ? identities.filter(({ scopes }) => !scopes.some(({ owner }) => owner === "*")) : [];
}

/** Fetches that would need another identity. Those that the owner's rule refuses altogether are told by replayRules. */
export function replayFetches(
  fetches: readonly ReplayFetches[],
  { before, after }: Policies,
  identities: readonly Identity[],
): readonly ReplayChange[] {
  const losing = fetches.filter(({ routeKey, identityId }) => {
    const named = repositoryOfKey(routeKey);
    const identity = identities.find(({ id }) => id === identityId);
    if (named === undefined || identity === undefined) return false;
    const repository = { owner: named.owner.toLowerCase(), repo: named.repo.toLowerCase() };
    const covers = (policy: Policy) => coversRepository(identity, repository, isOwnerAllowed(policy, repository.owner));
    return closedOwner(after, repository.owner) === undefined && covers(before) && !covers(after);
  });
  const byPattern = new Map<string, ReplayChange>();
  for (const { routeKind, routeKey, requests, latestAt } of losing) {
    const key = `${routeKind} ${routeKey}`;
    const known = byPattern.get(key);
    byPattern.set(key, {
      effect: "narrowed",
      rule: "allowed_owners",
      reason: null,
      routeKind,
      routeKey,
      requests: requests + (known?.requests ?? 0),
      latestAt: Math.max(latestAt, known?.latestAt ?? 0),
    });
  }
  return [...byPattern.values()];
}

/** One line for each reason. */
export function summed(unjudged: readonly Unjudged[]): readonly Unjudged[] {
  const known = new Map<string, Unjudged>();
  for (const each of unjudged) {
    const key = `${each.rule} ${each.why}`;
    known.set(key, { ...each, requests: each.requests + (known.get(key)?.requests ?? 0) });
  }
  return [...known.values()].toSorted((one, other) => other.requests - one.requests);
}
