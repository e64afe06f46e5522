/**
 * What another policy would have done with requests that were made: each rule judged as server/relay/policy.ts and the
 * coordinator's budgets judge it, from what the audit rows keep. Pure.
 */
import type { Policy } from "../../shared/policy.ts";
import { ROUTES } from "../../shared/routes/index.ts";
import type { Identity } from "../relay/stages.ts";
import type { ReplayFill, ReplayGroup } from "../store/replay.ts";
import { repositoryOfKey } from "./shown-names.ts";
import { overConcurrency, overHourlyBudget } from "./replay-budgets.ts";

export interface ReplayChange {
  /**
   * refused: was served, would be sent to the caller's own gh. admitted: was refused by this rule, would go on.
   * narrowed: would lose the identity that fetched it; another or a token-free source must do. waits: would stand in
   * the caller's queue first.
   */
  readonly effect: "refused" | "admitted" | "narrowed" | "waits";
  /** The member of the policy that decides. */
  readonly rule: keyof Policy;
  /** What a refused caller would be told, or was. */
  readonly reason: string | null;
  readonly routeKind: string;
  readonly routeKey: string;
  readonly requests: number;
  readonly callers: number;
  readonly latestAt: number;
}

export interface BudgetChange {
  readonly effect: "refused" | "waits";
  readonly rule: keyof Policy;
  readonly reason: string;
  readonly callerId: string;
  readonly requests: number;
  readonly latestAt: number;
}

type Gate = "allow_search" | "allow_logs";

const GATES: ReadonlyMap<string, Gate> = new Map(
  ROUTES.flatMap(({ kind, gate }) => (gate === undefined ? [] : [[kind as string, gate] as const])),
);
const GATE_REASON = { allow_search: "search_denied", allow_logs: "logs_denied" } as const;

/** Most requests first. Groups in which nothing changes are left out. */
export function replayRules(
  groups: readonly ReplayGroup[],
  policies: { readonly before: Policy; readonly after: Policy },
  identities: readonly Identity[],
): readonly ReplayChange[] {
  const changes = groups.flatMap((group): readonly ReplayChange[] => {
    const verdict = judge(group, policies, identities);
    if (verdict === undefined) return [];
    const { routeKind, routeKey, callers, latestAt } = group;
    const requests = verdict.effect === "narrowed" ? group.fills : group.requests;
    return [{ ...verdict, routeKind, routeKey, requests, callers, latestAt }];
  });
  return merged(changes).toSorted((one, other) => other.requests - one.requests);
}

type Verdict = Pick<ReplayChange, "effect" | "rule" | "reason">;

function judge(
  group: ReplayGroup,
  { before, after }: { readonly before: Policy; readonly after: Policy },
  identities: readonly Identity[],
): Verdict | undefined {
  const was = refusalUnder(before, group);
  const is = refusalUnder(after, group);
  if (was?.reason === group.fallbackReason && is === undefined && was !== undefined)
    return { effect: "admitted", rule: was.rule, reason: was.reason };
  if (group.fallbackReason === "" && is !== undefined) return { effect: "refused", ...is };
  if (group.fallbackReason !== "" || group.fills === 0) return undefined;
  return losesIdentity(group, after, identities) && !losesIdentity(group, before, identities)
    ? { effect: "narrowed", rule: "allowed_owners", reason: null }
    : undefined;
}

/** The first rule that refuses, in the order of the relay's own policy. */
function refusalUnder(policy: Policy, { routeKind, routeKey }: ReplayGroup): Omit<Verdict, "effect"> | undefined {
  const gate = GATES.get(routeKind);
  if (gate !== undefined && !policy[gate]) return { rule: gate, reason: GATE_REASON[gate] };
  const owner = repositoryOfKey(routeKey)?.owner.toLowerCase();
  if (owner === undefined || policy.allowed_owners.includes(owner) || policy.allow_public_repos) return undefined;
  return { rule: "allowed_owners", reason: "owner_denied" };
}

/** An owner outside the policy is served by identities with the scope `*` only. */
function losesIdentity({ routeKey, identityId }: ReplayGroup, policy: Policy, identities: readonly Identity[]) {
  const owner = repositoryOfKey(routeKey)?.owner.toLowerCase();
  if (owner === undefined || policy.allowed_owners.includes(owner)) return false;
  const identity = identities.find(({ id }) => id === identityId);
  return identity !== undefined && !identity.scopes.some((scope) => scope.owner === "*");
}

/** The same change of one route key, whichever identity served it, is told once. */
function merged(changes: readonly ReplayChange[]): readonly ReplayChange[] {
  const known = new Map<string, ReplayChange>();
  for (const change of changes) {
    const key = JSON.stringify([change.effect, change.rule, change.routeKind, change.routeKey]);
    const before = known.get(key);
    const latestAt = Math.max(before?.latestAt ?? 0, change.latestAt);
    const callers = Math.max(before?.callers ?? 0, change.callers);
    known.set(key, { ...change, callers, latestAt, requests: (before?.requests ?? 0) + change.requests });
  }
  return [...known.values()];
}

/**
 * The callers' budgets, where they became smaller: who would have run into them, and how often. A larger one admits
 * nothing that can be told from the rows, since a refusal does not say which budget was spent.
 */
export function replayBudgets(
  fills: readonly ReplayFill[],
  { before, after }: { readonly before: Policy; readonly after: Policy },
): readonly BudgetChange[] {
  const inOrder = fills.toSorted((one, other) => one.at - other.at);
  const led = inOrder.filter(({ fallbackReason }) => fallbackReason === "");
  const negative = inOrder.filter(({ fallbackReason }) => fallbackReason === "repo_not_public");
  const rules = [
    {
      rule: "max_concurrent_per_caller",
      effect: "waits",
      over: () => overConcurrency(led, after.max_concurrent_per_caller),
    },
    {
      rule: "fills_per_hour_per_caller",
      effect: "refused",
      over: () => overHourlyBudget(led, after.fills_per_hour_per_caller),
    },
    {
      rule: "negative_proofs_per_hour_per_caller",
      effect: "refused",
      over: () => overHourlyBudget(negative, after.negative_proofs_per_hour_per_caller),
    },
  ] as const;
  return rules
    .filter(({ rule }) => after[rule] < before[rule])
    .flatMap(({ rule, effect, over }) =>
      [...over()].map(([callerId, { requests, latestAt }]) => ({
        rule,
        effect,
        reason: "relay_overloaded",
        callerId,
        requests,
        latestAt,
      })),
    )
    .toSorted((one, other) => other.requests - one.requests);
}
