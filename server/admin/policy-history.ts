/** What the admin log keeps of a policy, version by version. Pure. */
import type { PolicyVersionRow } from "../../shared/dashboard/policy.ts";
import { decodePolicy, type Policy } from "../../shared/policy.ts";
import { changesOf, parsed } from "./changes.ts";

interface PolicyEvent {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly before: string | null;
  readonly after: string | null;
}

const ACTIONS: Readonly<Record<string, PolicyVersionRow["action"]>> = {
  "pool.create": "created",
  "policy.save": "saved",
  "policy.restore": "restored",
};

export function versionRow(event: PolicyEvent): PolicyVersionRow {
  const changes = changesOf(policyText(event.before), event.after);
  return {
    eventId: event.id,
    version: versionOfEvent(event) ?? null,
    at: event.at,
    actor: event.actor,
    action: ACTIONS[event.action] ?? "saved",
    changes: changes.map(({ field: rule, before, after }) => ({ rule, before, after })),
    policy: policyOfEvent(event) ?? null,
  };
}

/** What the policy became. Undefined where it cannot be read: older rules may not fit the present ones. */
export function policyOfEvent({ after }: Pick<PolicyEvent, "after">): Policy | undefined {
  return after === null ? undefined : decodePolicy(after);
}

/** The event holds the version that it replaced; a new pool's first one is 1. */
export function versionOfEvent({ before, action }: Pick<PolicyEvent, "before" | "action">): number | undefined {
  if (action === "pool.create") return 1;
  const { version } = replaced(before);
  return typeof version === "number" ? version + 1 : undefined;
}

function policyText(before: string | null): string | null {
  const { policy } = replaced(before);
  return typeof policy === "string" ? policy : null;
}

function replaced(before: string | null): { readonly version?: unknown; readonly policy?: unknown } {
  const value = before === null ? undefined : parsed(before);
  return typeof value === "object" && value !== null ? value : {};
}
