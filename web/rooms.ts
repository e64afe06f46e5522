/** Every room: its path under /dashboard, its place in the navigation, and its page, loaded when it is entered. */
import { type Component, lazy } from "solid-js";

export interface Room {
  readonly path: string;
  readonly name: string;
  /** A symbol of index.html, without its `i-`. */
  readonly icon: string;
  readonly page: Component;
  /** Rooms of one group stand together; a line parts it from the next. */
  readonly group: 1 | 2 | 3;
}

export const ROOMS: readonly Room[] = [
  { path: "/", name: "Overview", icon: "overview", page: lazy(() => import("./pages/overview.tsx")), group: 1 },
  { path: "/traffic", name: "Traffic", icon: "traffic", page: lazy(() => import("./pages/traffic.tsx")), group: 1 },
];
