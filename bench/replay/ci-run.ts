/** A workflow run from its queue to its end, with jobs that are check runs of the commit too. */
import type { Chronicle } from "./chronicle.ts";
import type { SeededRandom } from "../../scripts/seeded-random.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const JOBS = 3;

export interface RunOf {
  readonly repository: string;
  readonly runId: number;
  readonly sha: string;
  readonly branch: string;
}

/** @returns when it has ended. */
export function playRun({ repository, runId, sha, branch }: RunOf, at: number, into: Chronicle, random: SeededRandom) {
  const run = { id: runId, head_sha: sha, head_branch: branch, check_suite_id: runId * 10 };
  const [list, view] = [`${repository}/actions/runs`, `${repository}/actions/runs/${runId}`];
  const status = `${repository}/commits/${sha}/status`;
  const move = (when: number, action: string, moving: number) => {
    into.touch(list, "runs", { at: when, moving });
    into.touch(view, "run", { at: when, moving });
    into.tell(when, "workflow_run", repository, { action, workflow_run: run });
  };
  const state = (when: number, word: string, moving: number) => {
    into.touch(status, "status", { at: when, moving });
    into.tell(when, "status", repository, { sha, state: word, branches: [{ name: branch }] });
  };
  move(at, "requested", 1);
  move(at + 6 * SECOND, "in_progress", 0);
  state(at, "pending", 1);
  const ends = Array.from({ length: JOBS }, (_, index) => {
    const begins = at + 6 * SECOND + random.between(0, 10) * SECOND;
    const ended = begins + random.between(1.5, 9) * MINUTE;
    const id = runId * 10 + index + 1;
    moveJob({ repository, runId, sha, branch }, id, { at: begins, action: "in_progress", moving: 1 }, into);
    moveJob({ repository, runId, sha, branch }, id, { at: ended, action: "completed", moving: -1 }, into);
    return ended;
  });
  const endsAt = Math.max(...ends) + SECOND;
  move(endsAt, "completed", -1);
  state(endsAt, "success", -1);
  return endsAt;
}

function moveJob(
  { repository, runId, sha, branch }: RunOf,
  id: number,
  { at, action, moving }: { readonly at: number; readonly action: string; readonly moving: number },
  into: Chronicle,
): void {
  const head = { head_sha: sha, head_branch: branch };
  into.touch(`${repository}/actions/runs/${runId}/jobs`, "jobs", { at, moving });
  into.touch(`${repository}/commits/${sha}/check-runs`, "checks", { at, moving });
  into.tell(at, "workflow_job", repository, { action, workflow_job: { id, run_id: runId, ...head } });
  const check = { id, head_sha: sha, check_suite: { id: runId * 10, ...head } };
  into.tell(at, "check_run", repository, { action, check_run: check });
}
