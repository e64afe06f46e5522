/** Which time the room looks at: the usual windows, or from and to of one's own. */
import { createSignal, For, type JSX, onCleanup, Show, untrack } from "solid-js";
import { LONGEST_WINDOW_MS, WINDOWS, type WindowName } from "../../shared/dashboard/window.ts";
import { clock } from "./format.ts";
import { useUrlState, useWindow } from "./url.ts";
import "./menu.css";

const WORDS: Readonly<Record<WindowName, string>> = {
  "15m": "15 m",
  "1h": "1 h",
  "24h": "24 h",
  "7d": "7 d",
  "30d": "30 d",
};

export function WindowSwitch(props: { usual: WindowName }): JSX.Element {
  const url = useUrlState();
  // A room never changes its usual window.
  const asked = useWindow(untrack(() => props.usual));
  const [isOpen, setOpen] = createSignal(false);
  const customWords = () => {
    const window = asked();
    return typeof window === "string"
      ? "Custom"
      : `${clock(window.from, Date.now())} – ${clock(window.to, Date.now())}`;
  };
  return (
    <div class="window-switch">
      <fieldset class="seg" aria-label="Window">
        <For each={WINDOWS}>
          {(name) => (
            <button
              type="button"
              aria-pressed={asked() === name}
              onClick={() => {
                setOpen(false);
                url.set({ window: name, from: undefined, to: undefined });
              }}
            >
              {WORDS[name]}
            </button>
          )}
        </For>
        <button
          type="button"
          aria-pressed={typeof asked() !== "string"}
          aria-expanded={isOpen()}
          onClick={() => setOpen(!isOpen())}
        >
          {customWords()}
        </button>
      </fieldset>
      <Show when={isOpen()}>
        <CustomWindow
          onChosen={(from, to) => {
            setOpen(false);
            url.set({ window: undefined, from: String(from), to: String(to) });
          }}
          onClose={() => setOpen(false)}
        />
      </Show>
    </div>
  );
}

/** `2026-11-26T14:07`, as datetime-local has it. */
function localMinute(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function CustomWindow(props: { onChosen: (from: number, to: number) => void; onClose: () => void }): JSX.Element {
  const [problem, setProblem] = createSignal("");
  const onKey = (event: KeyboardEvent) => event.key === "Escape" && props.onClose();
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const [from, to] = ["from", "to"].map((name) => {
      const input = event.currentTarget.elements.namedItem(name);
      return input instanceof HTMLInputElement ? new Date(input.value).getTime() : Number.NaN;
    }) as [number, number];
    if (!(to - from >= 60_000)) return setProblem("The end must come a minute or more after the beginning.");
    if (to - from > LONGEST_WINDOW_MS) return setProblem("30 days at most.");
    props.onChosen(from, to);
  };
  return (
    <fieldset class="menu window-menu" aria-label="Custom window">
      <form onSubmit={submit}>
        <label>
          From
          <input
            type="datetime-local"
            name="from"
            required
            ref={(input) => queueMicrotask(() => input.focus())}
            value={localMinute(Date.now() - 2 * 3_600_000)}
          />
        </label>
        <label>
          To
          <input type="datetime-local" name="to" required value={localMinute(Date.now())} />
        </label>
        <Show when={problem()}>
          <p class="bad-ink" role="alert">
            {problem()}
          </p>
        </Show>
        <button class="btn primary" type="submit">
          Show
        </button>
      </form>
    </fieldset>
  );
}
