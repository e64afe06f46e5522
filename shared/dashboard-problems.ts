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
  identity_not_found: { status: 404, mayFallBack: false, says: "The pool has no identity of that id." },
  secret_ref_elsewhere: {
    status: 403,
    mayFallBack: false,
    says: "Another pool's identity uses that secret. Naming it here as well needs the admin token: octopool admin identity.",
  },
  caller_elsewhere: {
    status: 403,
    mayFallBack: false,
    says: "That caller also holds pools that you do not, and this would reach there. Revoke the grant of this pool instead, or use the admin token.",
  },
  own_access: {
    status: 409,
    mayFallBack: false,
    says: "That is your own access. Another operator can take it from you.",
  },
  client_not_found: { status: 404, mayFallBack: false, says: "The caller has no live client of that name." },
  cache_entry_not_found: { status: 404, mayFallBack: false, says: "That answer is not stored any more." },
  policy_conflict: {
    status: 409,
    mayFallBack: false,
    says: "Somebody else changed the policy meanwhile. Look at what it says now, then save again.",
  },
  policy_version_not_found: {
    status: 404,
    mayFallBack: false,
    says: "The history holds no readable policy of that id.",
  },
} as const satisfies Record<string, ErrorSpec>;
