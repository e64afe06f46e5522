/** What one row of a list holds, beside the list; over it where there is no room. */
import { type JSX, onCleanup, onMount } from "solid-js";
import { Icon } from "./mark.tsx";
import "./drawer.css";

export function SideDrawer(props: {
  /** Of the region. */
  label: string;
  title: JSX.Element;
  onClose: () => void;
  children: JSX.Element;
}): JSX.Element {
  let region: HTMLElement | undefined;
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") === null) props.onClose();
  };
  onMount(() => region?.focus());
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
  return (
    <aside class="drawer" aria-label={props.label} tabindex="-1" ref={(element) => (region = element)}>
      <div class="drawer-head">
        <span class="id clip">{props.title}</span>
        <button class="btn quiet icon" type="button" aria-label="Close" onClick={() => props.onClose()}>
          <Icon name="x" />
        </button>
      </div>
      <div class="drawer-body">{props.children}</div>
    </aside>
  );
}
