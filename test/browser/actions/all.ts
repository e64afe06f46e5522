import type { Action } from "../support/hands.ts";
import { AUDIT_LOG_ACTIONS } from "./audit-log.ts";
import { CACHE_ACTIONS } from "./cache.ts";
import { CALLER_ACTIONS } from "./callers.ts";
import { FRAME_ACTIONS, LEAVING } from "./frame.ts";
import { IDENTITY_ACTIONS } from "./identities.ts";
import { OVERVIEW_ACTIONS } from "./overview.ts";
import { POLICY_ACTIONS } from "./policy.ts";
import { ROUTE_AND_USAGE_ACTIONS } from "./routes-and-usage.ts";
import { TRAFFIC_ACTIONS } from "./traffic.ts";
import { TRAFFIC_FILTERS } from "./traffic-filters.ts";

/** Everything that can be done in the dashboard, the way out last. */
export const ACTIONS: readonly Action[] = [
  ...OVERVIEW_ACTIONS,
  ...TRAFFIC_FILTERS,
  ...TRAFFIC_ACTIONS,
  ...IDENTITY_ACTIONS,
  ...CALLER_ACTIONS,
  ...CACHE_ACTIONS,
  ...ROUTE_AND_USAGE_ACTIONS,
  ...POLICY_ACTIONS,
  ...AUDIT_LOG_ACTIONS,
  ...FRAME_ACTIONS,
  LEAVING,
];
