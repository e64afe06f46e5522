import { type JSX, Show } from "solid-js";
import { count } from "./format.ts";
import type { Paged } from "./paged.ts";

/** Below a list: how much of it is shown, and the way to the rest. */
export function More(props: {
  paged: Paged<{ readonly rows: readonly unknown[]; readonly next: string | null }>;
  /** Of how many, where that is known. */
  total?: number;
}): JSX.Element {
  const shown = () => props.paged.live.value()?.rows.length ?? 0;
  return (
    <Show when={props.paged.live.value()?.next !== null}>
      <p class="more-rows">
        <button class="btn" type="button" disabled={props.paged.live.isBehind()} onClick={() => props.paged.more()}>
          Show more
        </button>
        <span class="faint">
          {count(shown())} shown{props.total === undefined ? "" : ` of ${count(props.total)}`}
        </span>
      </p>
    </Show>
  );
}
