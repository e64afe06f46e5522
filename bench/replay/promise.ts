/**
 * How long the route table lets a copy be served that no webhook ends, and the seconds after it in which it may still be
 * served while it is renewed. Read off the model's own state: a relay that promised itself more would be found out.
 */
import { classifyPath } from "../../shared/route-match.ts";
import type { Freshness, Judge } from "../../shared/routes/spec.ts";
import type { Thing } from "./thing.ts";

const MINUTE = 60;
const HOUR = 3_600;
const LIVING: Readonly<Record<string, number>> = {
  "pull open": 2 * MINUTE,
  "pull undecided": 5,
  "pull merged": HOUR,
  "issue open": 5 * MINUTE,
  "issue closed": HOUR,
};
/** Of what no longer moves. A run is never settled: a re-run reuses its id. A list can grow. */
const SETTLED: Partial<Record<Judge, number>> = {
  run: MINUTE,
  jobs: MINUTE,
  "run-list": 2 * MINUTE,
  checks: 2 * MINUTE,
  status: 2 * MINUTE,
};

/** @throws RangeError for what the model has no promise of. */
export function promisedMs(thing: Thing, fetchedAt: number): number {
  const found = classifyPath(thing.path);
  if (found.kind !== "ok") throw new RangeError(`${thing.path} is no route`);
  const { freshness } = found.match.route;
  const seconds = freshSeconds(freshness, thing.stateAt(fetchedAt));
  if (seconds === undefined) throw new RangeError(`nothing is promised of ${thing.path}`);
  return (seconds + freshness.swrSeconds) * 1000;
}

function freshSeconds(
  { policy, judge, freshSeconds: fixed }: Freshness,
  { moving, state }: ReturnType<Thing["stateAt"]>,
): number | undefined {
  if (policy === "pull-files") return MINUTE;
  if (policy === "living") return LIVING[`${judge} ${state}`];
  if (policy !== "settling" || judge === undefined) return fixed;
  return moving > 0 ? MINUTE : SETTLED[judge];
}
