/** A policy while it is edited: numbers and lists are text until they are looked at. Pure. */
import type { PolicyRule, PolicyValues } from "../../shared/dashboard/policy.ts";

export const SWITCHES = ["allow_public_repos", "allow_search", "allow_logs"] as const;
export const NUMBERS = [
  "max_concurrent_per_caller",
  "fills_per_hour_per_caller",
  "negative_proofs_per_hour_per_caller",
] as const;

export type Draft = Record<(typeof SWITCHES)[number], boolean> &
  Record<(typeof NUMBERS)[number], string> & { allowed_owners: string };

export function draftOf(values: PolicyValues): Draft {
  return {
    allowed_owners: values.allowed_owners.join("\n"),
    allow_public_repos: values.allow_public_repos,
    allow_search: values.allow_search,
    allow_logs: values.allow_logs,
    max_concurrent_per_caller: String(values.max_concurrent_per_caller),
    fills_per_hour_per_caller: String(values.fills_per_hour_per_caller),
    negative_proofs_per_hour_per_caller: String(values.negative_proofs_per_hour_per_caller),
  };
}

/** As the server would store it; what is no number is left to the server to refuse by name. */
export function valuesOf(draft: Draft): PolicyValues {
  const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
  return {
    allowed_owners: ownersOf(draft.allowed_owners),
    allow_public_repos: draft.allow_public_repos,
    allow_search: draft.allow_search,
    allow_logs: draft.allow_logs,
    max_concurrent_per_caller: number(draft.max_concurrent_per_caller),
    fills_per_hour_per_caller: number(draft.fills_per_hour_per_caller),
    negative_proofs_per_hour_per_caller: number(draft.negative_proofs_per_hour_per_caller),
  };
}

function ownersOf(text: string): readonly string[] {
  const owners = text
    .split(/[\s,]+/)
    .filter((owner) => owner !== "")
    .map((owner) => owner.toLowerCase());
  return [...new Set(owners)].toSorted((one, other) => (one < other ? -1 : 1));
}

export function changedRules(before: PolicyValues, after: PolicyValues): readonly PolicyRule[] {
  const rules = Object.keys(before) as PolicyRule[];
  return rules.filter((rule) => JSON.stringify(before[rule]) !== JSON.stringify(after[rule]));
}
