/** A change an operator makes: one at a time, said when it is done, and what is shown is read again. */
import { createSignal, type Accessor } from "solid-js";
import { sayDone, sayFailed } from "./toast.ts";

export interface Acting {
  /** The act that is under way, by its words. */
  readonly running: Accessor<string | undefined>;
  /** `done` and `failed` are what is said of it; a failure is said, not thrown. Undefined: it failed. */
  run<T>(words: { readonly done: string; readonly failed: string }, act: () => Promise<T>): Promise<T | undefined>;
}

export function createActing(refresh: () => void): Acting {
  const [running, setRunning] = createSignal<string>();
  return {
    running,
    async run(words, act) {
      if (running() !== undefined) return undefined;
      setRunning(words.done);
      try {
        const result = await act();
        sayDone(words.done);
        return result;
      } catch (error) {
        sayFailed(words.failed, error);
        return undefined;
      } finally {
        setRunning(undefined);
        refresh();
      }
    },
  };
}
