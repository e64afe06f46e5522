/** What a dialog does when its button is pressed: once at a time, closing when it is done, telling when it was refused. */
import { type Accessor, createSignal, type JSX, Show } from "solid-js";
import { failureOf, type Failure } from "../api.ts";

export interface Deed {
  readonly isRunning: Accessor<boolean>;
  /** Why the last try was refused; undefined while one runs. */
  readonly failure: Accessor<Failure | undefined>;
  /** Never rejects. Does nothing while it runs already. */
  readonly start: () => Promise<void>;
}

export function createDeed(work: () => Promise<unknown>, done: () => void): Deed {
  const [isRunning, setRunning] = createSignal(false);
  const [failure, setFailure] = createSignal<Failure>();
  const start = async () => {
    if (isRunning()) return;
    setRunning(true);
    setFailure(undefined);
    try {
      await work();
      done();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setRunning(false);
  };
  return { isRunning, failure, start };
}

/** The refusal's sentence, with its code and request id. */
export function DeedFailure(props: { deed: Deed; class?: string }): JSX.Element {
  return (
    <Show when={props.deed.failure()}>
      {(known) => (
        <p class={`bad-ink ${props.class ?? ""}`} role="alert">
          {known().message}{" "}
          <span class="mono faint">
            {known().code} {known().requestId}
          </span>
        </p>
      )}
    </Show>
  );
}
