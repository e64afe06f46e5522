/**
 * The second step before something is lost: it names the thing and says what follows. Load it with lazy(): few visits
 * need it.
 */
import { AlertDialog } from "@kobalte/core/alert-dialog";
import { createSignal, type JSX, Show } from "solid-js";
import { failureOf, type Failure } from "../api.ts";
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
  const [isRunning, setRunning] = createSignal(false);
  const [failure, setFailure] = createSignal<Failure>();
  const [typed, setTyped] = createSignal("");
  const isReady = () => !isRunning() && (props.typed === undefined || typed().trim() === props.typed);
  const confirm = async () => {
    if (!isReady()) return;
    setRunning(true);
    setFailure(undefined);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setRunning(false);
  };
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
          <Show when={failure()}>
            {(known) => (
              <p class="bad-ink pad" role="alert">
                {known().message}{" "}
                <span class="mono faint">
                  {known().code} {known().requestId}
                </span>
              </p>
            )}
          </Show>
          <div class="dialog-acts">
            <button class="btn primary" type="button" disabled={!isReady()} onClick={() => void confirm()}>
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
