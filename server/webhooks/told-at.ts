/** When a change happened by GitHub's clock, as far as its payload says: a hint for the delay that is measured. */
import { z } from "zod";
import { maybe } from "./payload.ts";

const time = maybe(
  z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)))
    .transform((text) => Date.parse(text)),
);
const dated = maybe(z.object({ updated_at: time, submitted_at: time, completed_at: time, started_at: time }));
/** `pushed_at` is seconds in a push and a text everywhere else. */
const repository = maybe(z.object({ pushed_at: maybe(z.int().transform((seconds) => seconds * 1000)) }));

const shape = z.object({
  review: dated,
  comment: dated,
  pull_request: dated,
  issue: dated,
  check_run: dated,
  check_suite: dated,
  workflow_job: dated,
  workflow_run: dated,
  deployment_status: dated,
  updated_at: time,
  repository,
});

/** Epoch ms; the newest time of the thing the event is about. Undefined where there is none. */
export function toldAt(payload: object): number | undefined {
  const read = shape.safeParse(payload).data;
  if (read === undefined) return undefined;
  const { repository: pushed, updated_at: own, ...things } = read;
  const times = Object.values(things).flatMap((thing) => Object.values(thing ?? {}));
  const known = [...times, own, pushed?.pushed_at].filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
