/** How an identity stands, in words: the same order and the same words everywhere in the room. Pure. */
import type { CooldownCause, CooldownView, IdentityView, ResourceView } from "../../shared/dashboard/identities.ts";
import { clock, countdown } from "../ui/format.ts";
import type { StandingIcon, Tone } from "../ui/mark.tsx";

export type Ability = "runs_dry" | "cooling" | "depleted" | "broken" | "paused" | "unknown" | "able";

/** Trouble first. */
const ORDER: readonly Ability[] = ["runs_dry", "cooling", "depleted", "broken", "paused", "unknown", "able"];

export const MARKS: Readonly<Record<Ability, { readonly icon: StandingIcon; readonly tone: Tone }>> = {
  runs_dry: { icon: "warn", tone: "warn" },
  cooling: { icon: "cool", tone: "rest" },
  depleted: { icon: "out", tone: "bad" },
  broken: { icon: "key", tone: "bad" },
  paused: { icon: "skip", tone: "rest" },
  unknown: { icon: "note", tone: "rest" },
  able: { icon: "ok", tone: "ok" },
};

export const coreOf = (identity: IdentityView): ResourceView | undefined =>
  identity.standing?.resources.find(({ resource }) => resource === "core");

/** The rest of the whole identity that ends last. */
export function restOf(identity: IdentityView, now: number): CooldownView | undefined {
  return identity.standing?.cooldowns
    .filter(({ scope, until }) => scope === "identity" && until > now)
    .toSorted((one, other) => other.until - one.until)[0];
}

/** When core is full again, while nothing of it is left. */
export function coreBackAt(identity: IdentityView, now: number): number | undefined {
  const rest = identity.standing?.cooldowns.find(
    ({ scope, on, until }) => scope === "resource" && on === "core" && until > now,
  );
  const core = coreOf(identity);
  if (core?.remaining === 0 && core.resetAt > now) return Math.max(core.resetAt, rest?.until ?? 0);
  return rest?.until;
}

/** A credential that GitHub refuses does not mend by resting. */
export const isRefused = (identity: IdentityView, now: number): boolean =>
  identity.standing?.cooldowns.some(({ cause, until }) => cause === "unauthorized" && until > now) === true;

/** What stands in the way of one that cannot serve whatever its budget. */
function trouble(identity: IdentityView, now: number) {
  if (!identity.secretPresent)
    return { standing: "No secret, cannot serve", sentence: "has no secret", note: "no secret" };
  return identity.problem === null && isRefused(identity, now)
    ? { standing: "Refused by GitHub, cannot serve", sentence: "is refused by GitHub", note: "refused" }
    : { standing: "Not set up, cannot serve", sentence: "is not set up rightly", note: "not set up" };
}

export const troubleNote = (identity: IdentityView, now: number): string => trouble(identity, now).note;

export function abilityOf(identity: IdentityView, now: number): Ability {
  if (identity.status === "paused") return "paused";
  if (identity.problem !== null || isRefused(identity, now)) return "broken";
  if (identity.standing === null) return "unknown";
  if (restOf(identity, now) !== undefined) return "cooling";
  if (coreBackAt(identity, now) !== undefined) return "depleted";
  const dry = coreOf(identity)?.dry;
  return dry !== null && dry !== undefined && dry.to > now ? "runs_dry" : "able";
}

export const canServe = (ability: Ability): boolean =>
  ability === "able" || ability === "runs_dry" || ability === "unknown";

/** Trouble first, then by id. */
export function inOrder(identities: readonly IdentityView[], now: number): readonly IdentityView[] {
  const rank = (identity: IdentityView) => ORDER.indexOf(abilityOf(identity, now));
  return identities.toSorted((one, other) => rank(one) - rank(other) || (one.id < other.id ? -1 : 1));
}

/** `14:32–14:50`; one time where the two are the same minute. */
export function span({ from, to }: { readonly from: number; readonly to: number }, now: number): string {
  const [first, last] = [clock(from, now), clock(to, now)];
  return first === last ? first : `${first}–${last}`;
}

/** `Runs dry before its reset`. */
export function standingWords(identity: IdentityView, now: number): string {
  switch (abilityOf(identity, now)) {
    case "runs_dry":
      return "Runs dry before its reset";
    case "cooling":
      return `Cooling down, ${countdown((restOf(identity, now)?.until ?? now) - now)} left`;
    case "depleted":
      return `Depleted on core until ${clock(coreBackAt(identity, now) ?? now, now)}`;
    case "broken":
      return trouble(identity, now).standing;
    case "paused":
      return "Paused";
    case "unknown":
      return "Standing not known";
    default:
      return "Able";
  }
}

/** After its name, in the sentence on top: `runs dry about 14:32–14:50`. Undefined: nothing to tell. */
export function sentencePart(identity: IdentityView, now: number): string | undefined {
  switch (abilityOf(identity, now)) {
    case "runs_dry":
      return `runs dry about ${span(coreOf(identity)?.dry ?? { from: now, to: now }, now)}`;
    case "cooling":
      return `rests ${countdown((restOf(identity, now)?.until ?? now) - now)} more`;
    case "depleted":
      return `is empty until ${clock(coreBackAt(identity, now) ?? now, now)}`;
    case "broken":
      return trouble(identity, now).sentence;
    case "paused":
      return "is paused";
    default:
      return undefined;
  }
}

export const CAUSES: Readonly<Record<CooldownCause, string>> = {
  unauthorized: "GitHub refused the credential (401).",
  depleted: "Nothing is left until the reset.",
  retry_after: "GitHub said how long to wait.",
  secondary_limit: "Secondary limit, without retry-after.",
  forbidden: "GitHub denies it this (403).",
  failing: "Three failures within 30 s.",
  operator: "An operator took it out.",
};
