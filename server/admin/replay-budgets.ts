/**
 * The callers' budgets run over requests that were made: the coordinator's own count of places, fills and negative
 * proofs, once under either policy. Pure.
 */
import type { Unjudged } from "../../shared/dashboard/policy.ts";
import type { Policy } from "../../shared/policy.ts";
import { Budgets, type Place } from "../coordinator/budgets.ts";
import type { ReplayFill } from "../store/replay.ts";
import type { Policies } from "./policy-replay.ts";

type BudgetRule = "max_concurrent_per_caller" | "fills_per_hour_per_caller" | "negative_proofs_per_hour_per_caller";

export interface BudgetChange {
  /** waits: would stand in the caller's queue first. */
  readonly effect: "refused" | "admitted" | "waits";
  readonly rule: BudgetRule;
  readonly reason: "relay_overloaded";
  readonly callerId: string;
  readonly requests: number;
  readonly latestAt: number;
}

const RULE_OF = {
  concurrency: "max_concurrent_per_caller",
  fills_per_hour: "fills_per_hour_per_caller",
  negative_proofs_per_hour: "negative_proofs_per_hour_per_caller",
} as const satisfies Record<Exclude<ReplayFill["spent"], "">, BudgetRule>;
const RULES = Object.values(RULE_OF);

export function budgetsDiffer({ before, after }: Policies): boolean {
  return RULES.some((rule) => before[rule] !== after[rule]);
}

/** What a budget says of one fill. */
type Told = "taken" | BudgetRule;

/** Fills in any order. Rows that were refused for want of a budget without saying which cannot be judged. */
export function replayBudgets(
  fills: readonly ReplayFill[],
  policies: Policies,
): { readonly changes: readonly BudgetChange[]; readonly unjudged: readonly Unjudged[] } {
  const differs = (rule: BudgetRule) => policies.after[rule] - policies.before[rule];
  const grows = (rule: BudgetRule) => (differs(rule) === 0 ? undefined : differs(rule) > 0);
  const inOrder = fills.toSorted((one, other) => one.at - other.at);
  const isNameless = ({ fallbackReason, spent }: ReplayFill) => fallbackReason === "relay_overloaded" && spent === "";
  const named = inOrder.filter((fill) => !isNameless(fill));
  const [was, is] = [run(named, policies.before, false), run(named, policies.after, true)];
  const changes = named.flatMap((fill, index): readonly BudgetChange[] => {
    const change = changeOf(fill, was[index] ?? "taken", is[index] ?? "taken");
    const isEdited = change !== undefined && grows(change.rule) === (change.effect === "admitted");
    return change === undefined || !isEdited ? [] : [{ ...change, ...aboutCaller(fill) }];
  });
  const nameless = inOrder.length - named.length;
  const rule = RULES.find((each) => grows(each) === true);
  return {
    changes: summed(changes),
    unjudged: rule === undefined || nameless === 0 ? [] : [{ rule, why: "unnamed_budget", requests: nameless }],
  };
}

/** Told of what was refused then: a larger budget may let it go on. Of the rest: a smaller one may not. */
function changeOf(fill: ReplayFill, was: Told, is: Told): Pick<BudgetChange, "effect" | "rule"> | undefined {
  if (fill.spent !== "") return is === "taken" ? { effect: "admitted", rule: RULE_OF[fill.spent] } : undefined;
  if (was !== "taken" || is === "taken") return undefined;
  // What was sent home for another reason is sent home either way; who asks about what is hidden is told another one.
  if (fill.fallbackReason !== "" && is !== "negative_proofs_per_hour_per_caller") return undefined;
  return { effect: is === "max_concurrent_per_caller" ? "waits" : "refused", rule: is };
}

const aboutCaller = ({ callerId, at }: ReplayFill) =>
  ({ reason: "relay_overloaded", callerId, requests: 1, latestAt: at }) as const;

/**
 * What the coordinator would have said of each, one after another.
 * @param retries false: what was refused then is refused, and takes nothing.
 */
function run(fills: readonly ReplayFill[], policy: Policy, retries: boolean): readonly Told[] {
  let now = 0;
  // Places end by their fills; that they end by themselves in the end is of no use to a replay.
  const budgets = new Budgets({ now: () => now, after: () => () => undefined });
  const taken = new Map<string, readonly Held[]>();
  return fills.map((fill) => {
    const { callerId, at, durationMs, fallbackReason, spent } = fill;
    if (spent !== "" && !retries) return RULE_OF[spent];
    now = at;
    const open = (taken.get(callerId) ?? []).filter(({ until, place }) => until > at || place.leave());
    const entry = budgets.enter({
      callerId,
      maxConcurrent: policy.max_concurrent_per_caller,
      fillsPerHour: policy.fills_per_hour_per_caller,
    });
    taken.set(callerId, entry.kind === "entered" ? [...open, { until: at + durationMs, place: entry.place }] : open);
    if (entry.kind === "full") return RULE_OF.concurrency;
    if (entry.kind === "spent") return RULE_OF.fills_per_hour;
    const isNegative = fallbackReason === "repo_not_public" || spent === "negative_proofs_per_hour";
    if (!isNegative || budgets.takeNegativeProof(callerId, policy.negative_proofs_per_hour_per_caller)) return "taken";
    return RULE_OF.negative_proofs_per_hour;
  });
}

interface Held {
  /** Epoch ms. */
  readonly until: number;
  readonly place: Place;
}

/** By caller, budget and effect; most requests first. */
function summed(changes: readonly BudgetChange[]): readonly BudgetChange[] {
  const known = new Map<string, BudgetChange>();
  for (const change of changes) {
    const key = `${change.callerId} ${change.rule} ${change.effect}`;
    const before = known.get(key);
    const latestAt = Math.max(before?.latestAt ?? 0, change.latestAt);
    known.set(key, { ...change, latestAt, requests: (before?.requests ?? 0) + change.requests });
  }
  return [...known.values()].toSorted((one, other) => other.requests - one.requests);
}
