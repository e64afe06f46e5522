/** Short words about what was just done, or could not be. The list itself is loaded with the first of them. */
import { createSignal } from "solid-js";
import { failureOf, type Failure } from "../api.ts";

export interface Toast {
  readonly id: number;
  readonly kind: "done" | "failed";
  readonly text: string;
  readonly failure?: Failure;
}

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
export { toasts };
let serial = 0;

/** Long enough to read; a failure stays until it is dismissed. */
export const TOAST_MS = 6_000;

export function sayDone(text: string): void {
  setToasts((all) => [...all, { id: ++serial, kind: "done", text }]);
}

/** `text`: what could not be done. */
export function sayFailed(text: string, error: unknown): void {
  setToasts((all) => [...all, { id: ++serial, kind: "failed", text, failure: failureOf(error) }]);
}

export function dismiss(id: number): void {
  setToasts((all) => all.filter((each) => each.id !== id));
}
