/** What the rooms of one log's answer share. */
import type { SubjectDoors, Subject } from "./log-subject.ts";
import type { Found } from "./lookup.ts";
import type { Setback } from "./setback.ts";
import type { Job } from "./stages.ts";
import type { Trail } from "./trail.ts";

export interface LogAsk extends SubjectDoors {
  readonly job: Job;
  readonly found: Found;
  readonly deadlineAt: number;
  readonly trail: Trail;
  /** The face passes a stream on; otherwise the log must fit MAX_RESPONSE_BYTES. */
  readonly mayStream: boolean;
}

export interface Walk extends LogAsk {
  /** Its name in R2; undefined: it may not be stored. */
  readonly key: string | undefined;
  /** The run as read for its attempt; undefined where the path says whose log it is. */
  readonly run: Subject | undefined;
}

/** On the trail, not in the answer's facts: a refused request accounts for it too. */
export function charge(
  walk: Pick<Walk, "trail">,
  cost: { readonly quotaUnits: number; readonly upstreamCalls: number; readonly setbacks?: readonly Setback[] },
): void {
  walk.trail.spent(cost.quotaUnits, cost.upstreamCalls);
  walk.trail.met(cost.setbacks ?? []);
}
