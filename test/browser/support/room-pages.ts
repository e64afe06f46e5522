/** Every room of the dashboard: its address below /dashboard, and its heading. */
export const ROOM_PAGES = [
  { path: "", title: "Overview" },
  { path: "/traffic", title: "Traffic" },
  { path: "/identities", title: "Identities" },
  { path: "/callers", title: "Callers" },
  { path: "/cache", title: "Cache" },
  { path: "/routes", title: "Routes" },
  { path: "/usage", title: "Usage" },
  { path: "/policy", title: "Policy" },
  { path: "/audit-log", title: "Audit log" },
] as const;
