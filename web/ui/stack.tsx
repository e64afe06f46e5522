/** A bar of answers by cache status: the same patterns as the chart. */
import { For, type JSX } from "solid-js";
import { STATUS_NAMES, type StatusCounts } from "../../shared/dashboard/status.ts";
import { STATUS_WORDS } from "./mark.tsx";
import "./table.css";

export function Stack(props: { counts: StatusCounts; /** Of the longest bar, 0 to 1. */ width?: number }): JSX.Element {
  const shown = () => STATUS_NAMES.filter((name) => props.counts[name] > 0);
  const label = () =>
    shown()
      .map((name) => `${STATUS_WORDS[name].toLowerCase()} ${props.counts[name]}`)
      .join(", ");
  return (
    <div class="stack" style={{ width: `${((props.width ?? 1) * 100).toFixed(2)}%` }}>
      <For each={shown()}>{(name) => <i class={`f-${name}`} style={{ flex: `${props.counts[name]} 0 0` }} />}</For>
      <span class="sr">{label() || "none"}</span>
    </div>
  );
}
