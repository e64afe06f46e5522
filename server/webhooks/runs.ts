/**
 * workflow_run and workflow_job. What is completed only ends entries: the next read decides whether it is settled. Both
 * are checks of their commit too, and the check events of the same change may come later or not be subscribed to.
 */
import { z } from "zod";
import { checksKey, jobKey, keyOf, runKey, suiteKey } from "./keys.ts";
import { commitSha, maybe, named, repositoryEvent, wholeNumber, word } from "./payload.ts";

const head = { head_sha: maybe(commitSha), head_branch: maybe(word) };
const runShape = maybe(z.object({ id: maybe(wholeNumber), check_suite_id: maybe(wholeNumber), ...head }));
const jobShape = maybe(z.object({ id: maybe(wholeNumber), run_id: maybe(wholeNumber), ...head }));

export const workflowRun = repositoryEvent({ workflow_run: runShape }, ({ workflow_run: run }, repo) => ({
  keys: named(
    keyOf("runs", repo),
    runKey(repo, run?.id),
    suiteKey(repo, run?.check_suite_id),
    checksKey(repo, run?.head_sha),
    checksKey(repo, run?.head_branch),
  ),
}));

/** The run's own row moves with its jobs; the list of runs does not. */
export const workflowJob = repositoryEvent({ workflow_job: jobShape }, ({ workflow_job: job }, repo) => ({
  keys: named(
    jobKey(repo, job?.id),
    runKey(repo, job?.run_id),
    checksKey(repo, job?.head_sha),
    checksKey(repo, job?.head_branch),
  ),
}));
