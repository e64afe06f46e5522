/** Every room: its path under /dashboard, its place in the navigation, and its page, loaded when it is entered. */
import { type Component, lazy } from "solid-js";

export interface Room {
  readonly path: string;
  readonly name: string;
  /** A symbol of index.html, without its `i-`. */
  readonly icon: string;
  readonly page: Component & { readonly preload?: () => Promise<unknown> };
  /** Rooms of one group stand together; a line parts it from the next. */
  readonly group: 1 | 2 | 3;
}

export const ROOMS: readonly Room[] = [
  { path: "/", name: "Overview", icon: "overview", page: lazy(() => import("./pages/overview.tsx")), group: 1 },
  { path: "/traffic", name: "Traffic", icon: "traffic", page: lazy(() => import("./pages/traffic.tsx")), group: 1 },
  {
    path: "/identities",
    name: "Identities",
    icon: "identities",
    page: lazy(() => import("./pages/identities.tsx")),
    group: 1,
  },
  { path: "/callers", name: "Callers", icon: "callers", page: lazy(() => import("./pages/callers.tsx")), group: 2 },
  { path: "/cache", name: "Cache", icon: "cache", page: lazy(() => import("./pages/cache.tsx")), group: 2 },
  { path: "/routes", name: "Routes", icon: "routes", page: lazy(() => import("./pages/routes.tsx")), group: 2 },
  { path: "/usage", name: "Usage", icon: "usage", page: lazy(() => import("./pages/usage.tsx")), group: 2 },
  { path: "/policy", name: "Policy", icon: "policy", page: lazy(() => import("./pages/policy.tsx")), group: 3 },
  { path: "/audit-log", name: "Audit log", icon: "log", page: lazy(() => import("./pages/audit-log.tsx")), group: 3 },
];
