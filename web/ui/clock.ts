/** The present second, for everything on a page that says how long ago or how long until. */
import { createRoot, createSignal, onCleanup, type Accessor } from "solid-js";

export const now: Accessor<number> = createRoot(() => {
  const [time, setTime] = createSignal(Date.now());
  const timer = setInterval(() => setTime(Date.now()), 1_000);
  onCleanup(() => clearInterval(timer));
  return time;
});
