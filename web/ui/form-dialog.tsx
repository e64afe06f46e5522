/** A form above everything else. A refusal stays with the form, beside the field that it names. Load it with lazy(). */
import { Dialog } from "@kobalte/core/dialog";
import type { JSX } from "solid-js";
import { createDeed, DeedFailure } from "./deed.tsx";
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
  const deed = createDeed(
    () => props.onSubmit(),
    () => props.onClose(),
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void deed.start();
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
          <form class="form" onSubmit={submit}>
            {props.children}
            <DeedFailure deed={deed} />
            <div class="dialog-acts">
              <button class="btn primary" type="submit" disabled={deed.isRunning()}>
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
