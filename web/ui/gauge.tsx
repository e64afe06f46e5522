/** How much of a budget is left: solid stays until the reset, stripes are spent before it. Ink, unless in trouble. */
import type { JSX } from "solid-js";
import "./gauge.css";

export function Gauge(props: {
  /** Shares of the whole, 0 to 1. */
  stays: number;
  goes: number;
  tone?: "warn" | "rest" | "empty" | "none";
  /** The same in words: the gauge's text alternative. */
  label: string;
}): JSX.Element {
  return (
    <div class={`gauge ${props.tone ?? ""}`}>
      <i class="stays" style={{ width: share(props.stays) }} />
      <i class="goes" style={{ width: share(props.goes) }} />
      <span class="sr">{props.label}</span>
    </div>
  );
}

const share = (value: number) => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(2)}%`;
