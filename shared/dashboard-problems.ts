/** Why the dashboard's API refuses an operator. Part of the catalogue in errors.ts. */
import type { ErrorSpec } from "./errors.ts";

export const DASHBOARD_PROBLEMS = {
  session_required: { status: 401, mayFallBack: false, says: "Your session has ended. Sign in again." },
  operator_required: {
    status: 403,
    mayFallBack: false,
    says: "The dashboard is for operators. One of them can make you one: octopool admin operator.",
  },
  pool_not_held: { status: 403, mayFallBack: false, says: "You hold no pool of that name. Ask an operator who does." },
} as const satisfies Record<string, ErrorSpec>;
