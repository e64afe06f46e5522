/** The time a view is about. No schema here: the pages import this. */
import { RelayError } from "../errors.ts";

export const WINDOWS = ["15m", "1h", "24h", "7d", "30d"] as const;
export type WindowName = (typeof WINDOWS)[number];

/** One of the usual windows, ending now, or an operator's own: epoch ms, `to` excluded. */
export type WindowAsk = WindowName | { readonly from: number; readonly to: number };

/** What a window was taken to mean. Epoch ms; `to` excluded. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "24h": 24 * 60 * MINUTE_MS,
  "7d": 7 * 24 * 60 * MINUTE_MS,
  "30d": 30 * 24 * 60 * MINUTE_MS,
};
export const LONGEST_WINDOW_MS: number = WINDOW_MS["30d"];

/**
 * Never past now.
 * @throws RelayError invalid_window for one that is shorter than a minute or longer than 30 days.
 */
export function resolveWindow(ask: WindowAsk, now: number): TimeWindow {
  if (typeof ask === "string") return { from: now - WINDOW_MS[ask], to: now };
  const window = { from: ask.from, to: Math.min(ask.to, now) };
  const length = window.to - window.from;
  if (!(length >= MINUTE_MS && length <= LONGEST_WINDOW_MS)) throw new RelayError("invalid_window");
  return window;
}

/** The window of the same length that ended where this one begins. */
export function windowBefore({ from, to }: TimeWindow): TimeWindow {
  return { from: from - (to - from), to: from };
}
