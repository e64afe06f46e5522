/** The statuses with their counts; each button shows or hides one. */
import { For, type JSX } from "solid-js";
import { STATUS_NAMES, type StatusCounts, type StatusName } from "../../shared/dashboard/status.ts";
import { count } from "./format.ts";
import { STATUS_WORDS } from "./mark.tsx";

export function Legend(props: {
  counts: StatusCounts;
  isShown: (name: StatusName) => boolean;
  onToggle: (name: StatusName) => void;
}): JSX.Element {
  return (
    <fieldset class="legend" aria-label="Show or hide a status">
      <For each={STATUS_NAMES}>
        {(name) => (
          <button type="button" aria-pressed={props.isShown(name)} onClick={() => props.onToggle(name)}>
            <i class={`swatch f-${name}`} />
            {STATUS_WORDS[name]} <b>{count(props.counts[name])}</b>
          </button>
        )}
      </For>
    </fieldset>
  );
}
