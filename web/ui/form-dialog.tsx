/** A form above everything else. A refusal stays with the form, beside the field that it names. Load it with lazy(). */
import { Dialog } from "@kobalte/core/dialog";
import { createSignal, type JSX, Show } from "solid-js";
import { failureOf, type Failure } from "../api.ts";
import { Icon } from "./mark.tsx";
import "./dialog.css";
import "./form.css";

export function FormDialog(props: {
  title: string;
  /** The button that does it: `Add identity`. */
  deed: string;
  children: JSX.Element;
  /** Resolves once it is done, and the dialog closes; what it throws is shown. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
}): JSX.Element {
  const [isRunning, setRunning] = createSignal(false);
  const [failure, setFailure] = createSignal<Failure>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isRunning()) return;
    setRunning(true);
    setFailure(undefined);
    try {
      await props.onSubmit();
      props.onClose();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setRunning(false);
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="overlay" />
        <Dialog.Content class="dialog">
          <div class="dialog-head">
            <Dialog.Title class="h2">{props.title}</Dialog.Title>
            <Dialog.CloseButton class="btn quiet icon" aria-label="Close">
              <Icon name="x" />
            </Dialog.CloseButton>
          </div>
          <form class="form" onSubmit={(event) => void submit(event)}>
            {props.children}
            <Show when={failure()}>
              {(known) => (
                <p class="bad-ink" role="alert">
                  {known().message}{" "}
                  <span class="mono faint">
                    {known().code} {known().requestId}
                  </span>
                </p>
              )}
            </Show>
            <div class="dialog-acts">
              <button class="btn primary" type="submit" disabled={isRunning()}>
                {props.deed}
              </button>
              <button class="btn quiet" type="button" onClick={() => props.onClose()}>
                Cancel
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog>
  );
}
