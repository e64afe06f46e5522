/** The state of a view is its address: pool, window and filters, so that a link shows what its sender saw. */
import { useLocation, useSearchParams } from "@solidjs/router";
import { createMemo, type Accessor } from "solid-js";
import { WINDOWS, type WindowAsk, type WindowName } from "../../shared/dashboard/window.ts";

type Values = Readonly<Record<string, string | undefined>>;

export interface UrlState {
  /** A parameter's value; undefined where the address has none. */
  get(name: string): string | undefined;
  /** Undefined or empty takes a parameter away. `replace` leaves no step to go back to: for typing. */
  set(values: Values, options?: { readonly replace?: boolean }): void;
}

export function useUrlState(): UrlState {
  const [params, setParams] = useSearchParams<Record<string, string>>();
  return {
    get: (name) => {
      const value = params[name];
      return value === undefined || value === "" ? undefined : value;
    },
    set: (values, options) =>
      setParams(values as Record<string, string>, { replace: options?.replace === true, scroll: false }),
  };
}

const isWindowName = (text: string | undefined): text is WindowName => WINDOWS.some((name) => name === text);

/** `window=24h`, or `from` and `to` in epoch ms; whatever else stands there is the room's usual window. */
export function useWindow(usual: WindowName = "1h"): Accessor<WindowAsk> {
  const url = useUrlState();
  return createMemo<WindowAsk>(
    () => {
      const name = url.get("window");
      if (isWindowName(name)) return name;
      const [from, to] = [Number(url.get("from")), Number(url.get("to"))];
      return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from > 0 && to > from ? { from, to } : usual;
    },
    usual,
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  );
}

/** What links carry from view to view. */
const CARRIED = ["pool", "window", "from", "to"];

/** Addresses of other rooms in the same pool and window, for `A` and navigate: below /dashboard, such as `/traffic`. */
export function useRoomHref(): (path: string, values?: Values) => string {
  const location = useLocation();
  return (path, values = {}) => {
    const query = new URLSearchParams();
    const present = new URLSearchParams(location.search);
    for (const name of CARRIED) {
      const value = present.get(name);
      if (value !== null) query.set(name, value);
    }
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    return `${path}${text === "" ? "" : `?${text}`}`;
  };
}
