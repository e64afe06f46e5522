/** The members of a policy, each with what it means. */
import { For, type JSX } from "solid-js";
import type { SetStoreFunction } from "solid-js/store";
import type { PolicyRule } from "../../shared/dashboard/policy.ts";
import { Check, Field } from "../ui/field.tsx";
import { type Draft, NUMBERS, SWITCHES } from "./policy-draft.ts";

export const RULES: Readonly<Record<PolicyRule, { readonly label: string; readonly hint: string }>> = {
  allowed_owners: {
    label: "Allowed owners",
    hint: "One a line. Identities scoped to an owner or a repository serve these; everybody else’s public repositories are left to identities scoped to *.",
  },
  allow_public_repos: {
    label: "Serve every public repository",
    hint: "Also those of owners that are not listed, once GitHub said that they are public.",
  },
  allow_search: { label: "Serve searches", hint: "Plain terms, within one repository that is named." },
  allow_logs: { label: "Serve logs of runs and jobs", hint: "They are large, and kept in the bucket." },
  max_concurrent_per_caller: {
    label: "Fetches at one time, per caller",
    hint: "1 to 1 000. More wait for one to end.",
  },
  fills_per_hour_per_caller: {
    label: "Fetches an hour, per caller",
    hint: "Answers from the cache cost none. Above it the caller’s own gh does the work.",
  },
  negative_proofs_per_hour_per_caller: {
    label: "Guesses an hour, per caller",
    hint: "Questions for repositories that turn out not to be public.",
  },
};

const LIMITS = {
  max_concurrent_per_caller: { min: 1, max: 1_000 },
  fills_per_hour_per_caller: { min: 0, max: 1_000_000 },
  negative_proofs_per_hour_per_caller: { min: 0, max: 1_000_000 },
} as const;

export function PolicyForm(props: {
  draft: Draft;
  setDraft: SetStoreFunction<Draft>;
  changed: readonly PolicyRule[];
}): JSX.Element {
  const label = (rule: PolicyRule) => (
    <>
      {RULES[rule].label}
      {props.changed.includes(rule) ? <span class="tag warn">edited</span> : null}
    </>
  );
  return (
    <div class="form policy-form">
      <Field label={label("allowed_owners")} hint={RULES.allowed_owners.hint}>
        <textarea
          class="input"
          rows={Math.min(10, Math.max(3, props.draft.allowed_owners.split("\n").length))}
          spellcheck={false}
          value={props.draft.allowed_owners}
          onInput={(event) => props.setDraft("allowed_owners", event.currentTarget.value)}
        />
      </Field>
      <For each={SWITCHES}>
        {(rule) => (
          <Check
            label={label(rule)}
            hint={RULES[rule].hint}
            checked={props.draft[rule]}
            onChange={(checked) => props.setDraft(rule, checked)}
          />
        )}
      </For>
      <div class="numbers">
        <For each={NUMBERS}>
          {(rule) => (
            <Field label={label(rule)} hint={RULES[rule].hint}>
              <input
                class="input"
                type="number"
                required
                min={LIMITS[rule].min}
                max={LIMITS[rule].max}
                aria-invalid={!isWithin(props.draft[rule], LIMITS[rule])}
                value={props.draft[rule]}
                onInput={(event) => props.setDraft(rule, event.currentTarget.value)}
              />
            </Field>
          )}
        </For>
      </div>
    </div>
  );
}

/** Whether every number is one that the server would take. */
export function isWithinLimits(draft: Draft): boolean {
  return NUMBERS.every((rule) => isWithin(draft[rule], LIMITS[rule]));
}

function isWithin(text: string, { min, max }: { readonly min: number; readonly max: number }): boolean {
  const value = Number(text);
  return text.trim() !== "" && Number.isInteger(value) && value >= min && value <= max;
}
