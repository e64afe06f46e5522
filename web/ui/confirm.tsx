/**
 * The second step before something is lost: it names the thing and says what follows. Load it with lazy(): few visits
 * need it.
 */
import { AlertDialog } from "@kobalte/core/alert-dialog";
import { createSignal, type JSX, Show } from "solid-js";
import { createDeed, DeedFailure } from "./deed.tsx";
import { StatusMark } from "./mark.tsx";
import "./dialog.css";

export interface ConfirmProps {
  /** `Delete pat_alice?` */
  readonly title: string;
  /** What follows, with its numbers. */
  readonly consequence: JSX.Element;
  /** The button that does it, as its deed: `Delete pat_alice`. */
  readonly deed: string;
  /** The button that does not: `Keep it`. */
  readonly refrain: string;
  /** What must be typed before the button works, where a click is too little. */
  readonly typed?: string;
  /** Resolves once it is done; a refusal is shown in the dialog, which stays open. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export default function ConfirmDialog(props: ConfirmProps): JSX.Element {
  const deed = createDeed(
    () => props.onConfirm(),
    () => props.onClose(),
  );
  const [typed, setTyped] = createSignal("");
  const isReady = () => !deed.isRunning() && (props.typed === undefined || typed().trim() === props.typed);
  return (
    <AlertDialog open onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay class="overlay" />
        <AlertDialog.Content class="dialog">
          <div class="callout bad">
            <StatusMark status="error" />
            <div>
              <AlertDialog.Title class="strong">{props.title}</AlertDialog.Title>
              <AlertDialog.Description as="div">{props.consequence}</AlertDialog.Description>
            </div>
          </div>
          <Show when={props.typed}>
            {(word) => (
              <label class="field">
                <span>
                  Type <span class="mono strong">{word()}</span> to go on
                </span>
                <input class="input mono" value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
              </label>
            )}
          </Show>
          <DeedFailure deed={deed} class="pad" />
          <div class="dialog-acts">
            <button
              class="btn primary"
              type="button"
              disabled={!isReady()}
              onClick={() => void (isReady() && deed.start())}
            >
              {props.deed}
            </button>
            <AlertDialog.CloseButton class="btn quiet" aria-label={props.refrain}>
              {props.refrain}
            </AlertDialog.CloseButton>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog>
  );
}
