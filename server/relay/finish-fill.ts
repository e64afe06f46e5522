/** The end of a leader's work: what its followers are told, and what is stored, in the order that serves them best. */
import type { BeginTurn, FillLease, FillOutcome } from "../coordinator/protocol.ts";
import type { Deps } from "../deps.ts";
import { toInline } from "./handed-over.ts";
import type { Led } from "./lead.ts";
import type { KeptAt } from "./publish.ts";
import type { Job } from "./stages.ts";
import type { Trail } from "./trail.ts";
import { MARK } from "./trail-marks.ts";

/** A lease lasts 8 s. */
const RENEW_EVERY_MS = 3_000;

type LeadTurn = Extract<BeginTurn, { kind: "lead" }>;

/** A slow GitHub must not cost the leader its lease: a follower would ask again. */
export async function keepLease(job: Job, lease: FillLease, work: Promise<Led>, deps: Deps): Promise<void> {
  let over = false;
  const ended = work.finally(() => (over = true));
  for (;;) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, RENEW_EVERY_MS))]);
    if (over || (await renew(job, lease, deps)) === null) return;
  }
}

/** Stores only while the lease is still ours, or, filled alone, guarded by the answer's age. */
export async function finishFill(
  job: Job,
  turn: LeadTurn,
  led: Led,
  { shared, trail }: { readonly shared: boolean; readonly trail: Trail },
  deps: Deps,
): Promise<void> {
  const tell = async (outcome: FillOutcome) => {
    const holds = await deps
      .coordinator(job.pool.id)
      .finish({
        fillKey: job.cacheKey,
        lease: turn.lease,
        callerId: job.caller.id,
        outcome,
        attempts: led.attempts,
      })
      .catch(() => turn.lease === null); // unreachable: what was filled alone may be stored all the same
    trail.step(MARK.told);
    return holds;
  };
  const keep = async (done: Extract<Led, { kind: "done" }>) => {
    const keptAt = await done.publish();
    trail.step(MARK.kept, keptAt);
    return keptAt;
  };
  const finishedAt = deps.now();
  if (led.kind === "failed") {
    const { code, details, noCopy = false } = led;
    await tell({ kind: "failed", code, ...(details === undefined ? {} : { details }), noCopy, finishedAt });
    return;
  }
  const reply = toInline(led, led.proofExpiresAt);
  if (reply === undefined && turn.lease !== null) {
    // Too large to be handed over: the followers read it where it lies, so it lies there before they are woken.
    const holds = (await renew(job, turn.lease, deps)) !== null;
    const keptAt = holds ? await keep(led) : "nowhere";
    await tell(outcomeOf(keptAt, { askedAt: led.entry.fetchedAt, finishedAt: deps.now() }));
    return;
  }
  const holds = await tell({ kind: "shared", finishedAt, ...(reply === undefined ? {} : { reply }) });
  if (shared && (holds || turn.lease === null)) await keep(led);
}

function outcomeOf(
  keptAt: KeptAt,
  { askedAt, finishedAt }: { readonly askedAt: number; readonly finishedAt: number },
): FillOutcome {
  switch (keptAt) {
    case "stores":
      return { kind: "shared", askedAt, finishedAt };
    case "edge":
      return { kind: "edge_only", askedAt, finishedAt };
    case "nowhere":
      return { kind: "failed", code: "relay_overloaded", finishedAt };
    default:
      return keptAt satisfies never;
  }
}

function renew(job: Job, lease: FillLease, deps: Deps): Promise<FillLease | null> {
  return deps
    .coordinator(job.pool.id)
    .renew(job.cacheKey, lease)
    .catch(() => null);
}
