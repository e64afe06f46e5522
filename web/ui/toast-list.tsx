import { For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { Icon, StandingMark, StatusMark } from "./mark.tsx";
import { dismiss, TOAST_MS, toasts, type Toast } from "./toast.ts";
import "./dialog.css";

export default function Toasts(): JSX.Element {
  return (
    <section class="toasts" aria-label="Messages" aria-live="polite">
      <For each={toasts()}>{(toast) => <OneToast toast={toast} />}</For>
    </section>
  );
}

function OneToast(props: { toast: Toast }): JSX.Element {
  onMount(() => {
    if (props.toast.kind === "failed") return;
    const { id } = props.toast;
    const timer = setTimeout(() => dismiss(id), TOAST_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return (
    <div class="toast" role={props.toast.kind === "failed" ? "alert" : "status"}>
      <Show when={props.toast.kind === "failed"} fallback={<StandingMark icon="ok" tone="ok" />}>
        <StatusMark status="error" />
      </Show>
      <div>
        {props.toast.text}
        <Show when={props.toast.failure}>
          {(failure) => (
            <p class="muted">
              {failure().message}
              <br />
              <span class="mono faint">
                {failure().code} {failure().requestId}
              </span>
            </p>
          )}
        </Show>
      </div>
      <button class="btn quiet icon" type="button" aria-label="Dismiss" onClick={() => dismiss(props.toast.id)}>
        <Icon name="x" />
      </button>
    </div>
  );
}
