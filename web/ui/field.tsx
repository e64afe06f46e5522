import { type JSX, Show } from "solid-js";
import "./form.css";

/** A label, its input, and what it takes in a few words. */
export function Field(props: { label: JSX.Element; hint?: JSX.Element; children: JSX.Element }): JSX.Element {
  return (
    <label class="field">
      <span class="field-name">{props.label}</span>
      {props.children}
      <Show when={props.hint}>
        <span class="faint">{props.hint}</span>
      </Show>
    </label>
  );
}

/** A yes or no, with what it means. */
export function Check(props: {
  label: JSX.Element;
  hint?: JSX.Element;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>
        {props.label}
        <Show when={props.hint}>
          <span class="faint block">{props.hint}</span>
        </Show>
      </span>
    </label>
  );
}
