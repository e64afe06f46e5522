/** Keys that act on a whole view. `?` lists them; none acts while somebody types. */
import { createSignal, onCleanup } from "solid-js";

export interface Shortcut {
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  readonly does: string;
  readonly run: () => void;
}

const [shortcuts, setShortcuts] = createSignal<readonly Shortcut[]>([]);
export { shortcuts };

/** For as long as the component lives. Of two for one key the later wins. */
export function useShortcut(key: string, does: string, run: () => void): void {
  const mine: Shortcut = { key, does, run };
  setShortcuts((all) => [...all, mine]);
  onCleanup(() => setShortcuts((all) => all.filter((each) => each !== mine)));
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** One listener for all. */
export function listenToKeys(): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    if (document.querySelector("[role=dialog], [role=alertdialog]") !== null) return;
    const found = shortcuts().findLast((each) => each.key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found.run();
  };
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
}
