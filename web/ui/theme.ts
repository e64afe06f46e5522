/** Light, dark, or as the system has it. Kept in this browser. */
import { createSignal } from "solid-js";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "octopool-theme";

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === value) ?? "system";
}

const [theme, setSignal] = createSignal<Theme>(stored());
export { theme };

export function setTheme(next: Theme): void {
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  setSignal(next);
  applyTheme();
}

/** Tells the tokens; see tokens.css. */
export function applyTheme(): void {
  if (theme() === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme();
}

/** The one after this: what the button does. */
export function nextTheme(present: Theme): Theme {
  return THEMES[(THEMES.indexOf(present) + 1) % THEMES.length] ?? "system";
}
