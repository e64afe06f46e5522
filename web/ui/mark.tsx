/** Marks and icons of the sprite in index.html. A mark never stands alone: its word is beside it. */
import type { JSX } from "solid-js";
import { STATUS_NAMES, type StatusName } from "../../shared/dashboard/status.ts";

export { STATUS_NAMES, type StatusName };
export const STATUS_WORDS: Readonly<Record<StatusName, string>> = {
  hit: "Hit",
  revalidated: "Revalidated",
  stale: "Stale",
  miss: "Miss",
  bypass: "Bypass",
  fallback: "Fallback",
  error: "Error",
};

/** A cache status: disc, ring, diamond and so on. */
export function StatusMark(props: { status: StatusName }): JSX.Element {
  return (
    <svg class={`g g-${props.status}`} aria-hidden="true">
      <use href={`#g-${props.status}`} />
    </svg>
  );
}

export type Tone = "ok" | "warn" | "bad" | "rest";
export type StandingIcon = "warn" | "ok" | "cool" | "out" | "key" | "note" | "done" | "skip";

/** A standing: tick able, triangle runs dry, clock cooling down, empty bar depleted, struck key no secret. */
export function StandingMark(props: { icon: StandingIcon; tone: Tone }): JSX.Element {
  return (
    <svg class={`g g-${props.tone}`} aria-hidden="true">
      <use href={`#s-${props.icon}`} />
    </svg>
  );
}

export function Icon(props: { name: string; size?: 12 | 16 | 20 }): JSX.Element {
  return (
    <svg width={props.size ?? 12} height={props.size ?? 12} aria-hidden="true">
      <use href={`#i-${props.name}`} />
    </svg>
  );
}

export function StatusLabel(props: { status: StatusName; children?: JSX.Element }): JSX.Element {
  return (
    <span class="status">
      <StatusMark status={props.status} />
      {props.children ?? STATUS_WORDS[props.status]}
    </span>
  );
}
