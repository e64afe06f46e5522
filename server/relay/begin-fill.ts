/** The question to the pool's coordinator before a fill: may this request lead it, and with which identities. */
import type { BeginAsk, BeginTurn, Selection } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import type { Job } from "./stages.ts";
import type { Trail } from "./trail.ts";
import { MARK } from "./trail-marks.ts";

/** What a read and a log's fill ask differently; the rest is the job's. */
export type FillAsk = Pick<BeginAsk, "acceptFinishedMs" | "waitMs" | "shared"> & {
  /** The identity that filled what is stored. */
  readonly preferred?: string | undefined;
};

/** Where the coordinator cannot be reached, a lead of one's own: the first by weight, and nobody's promise to be kept. */
export async function beginFill(job: Job, fill: FillAsk, deps: Pick<Deps, "coordinator">): Promise<BeginTurn> {
  const { policy } = job.pool;
  const { preferred, ...own } = fill;
  const ask: BeginAsk = {
    ...own,
    fillKey: job.cacheKey,
    routeKey: job.routeKey,
    resource: job.route.match.route.resource,
    budget: {
      callerId: job.caller.id,
      maxConcurrent: policy.max_concurrent_per_caller,
      fillsPerHour: policy.fills_per_hour_per_caller,
    },
    candidates: job.eligible.map(({ id, kind, weight }) => ({ id, kind, weight })),
    ...(preferred === undefined ? {} : { preferred }),
  };
  const begun = () =>
    deps
      .coordinator(job.pool.id)
      .begin(ask)
      .catch(() => undefined);
  // Once more after a restart of the object: those who waited there must not all ask GitHub themselves.
  const turn = (await begun()) ?? (await begun());
  return turn ?? { kind: "lead", lease: null, selection: alone(job) };
}

/** What the coordinator said, and whom it chose: one call, so that the choice takes no time of its own. */
export function markTurn(turn: BeginTurn, trail: Trail): void {
  trail.step(MARK.begin, turn.kind === "lead" && turn.lease === null ? "alone" : noteOf(turn));
  if (turn.kind !== "lead") return;
  const { selection } = turn;
  if (selection.kind === "selected")
    trail.pass(MARK.choose, `${selection.leaseReason} ${selection.identities.join(" ")}`);
  else trail.pass(MARK.choose, selection.reason);
}

function noteOf(turn: BeginTurn): string {
  return turn.kind === "overloaded" ? turn.reason : turn.kind;
}

function alone(job: Job): Selection {
  if (job.eligible.length === 0) return { kind: "none", reason: "no_identity" };
  const identities = job.eligible.toSorted((a, b) => b.weight - a.weight).map(({ id }) => id);
  return { kind: "selected", identities, leaseReason: "highest_remaining" };
}
