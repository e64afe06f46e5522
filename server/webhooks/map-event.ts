/** Event to effects: the table of every webhook event that is understood. */
import { commitComment, createOrDelete, push } from "./code.ts";
import { checkRun, checkSuite, deployment, status } from "./checks.ts";
import { installationRepositoriesWith, installationWith, pingWith } from "./installations.ts";
import { issueComment, issues, label, milestone } from "./issues.ts";
import { type Effects, type EventMapping, NOTHING } from "./payload.ts";
import { pullRequest, review, reviewThread } from "./pulls.ts";
import { fork, madePublic, member, release, repository, star } from "./repository.ts";
import { workflowJob, workflowRun } from "./runs.ts";

const OF_REPOSITORIES: Readonly<Record<string, EventMapping>> = {
  push,
  create: createOrDelete,
  delete: createOrDelete,
  commit_comment: commitComment,
  pull_request: pullRequest,
  pull_request_review: review,
  pull_request_review_comment: review,
  pull_request_review_thread: reviewThread,
  issues,
  issue_comment: issueComment,
  label,
  milestone,
  check_run: checkRun,
  check_suite: checkSuite,
  status,
  workflow_run: workflowRun,
  workflow_job: workflowJob,
  deployment,
  deployment_status: deployment,
  release,
  repository,
  public: madePublic,
  fork,
  star,
  member,
};

/** The events that end stored answers: what coverage is kept of, and what `*` stands for. */
export const COVERABLE_EVENTS: readonly string[] = Object.keys(OF_REPOSITORIES);

const MAPPINGS: ReadonlyMap<string, EventMapping> = new Map([
  ...Object.entries(OF_REPOSITORIES),
  ["ping", pingWith(COVERABLE_EVENTS)],
  ["installation", installationWith(COVERABLE_EVENTS)],
  ["installation_repositories", installationRepositoriesWith(COVERABLE_EVENTS)],
]);

/** What a delivery ends and starts. An event nobody knows does nothing. */
export function mapEvent(event: string, payload: object): Effects {
  const { keys, ...rest } = (MAPPINGS.get(event) ?? (() => NOTHING))(payload);
  return { ...rest, keys: [...new Set(keys)] };
}
