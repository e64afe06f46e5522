/**
 * Workflow runs, jobs, artifacts, caches and deployments. Evidence: the Actions page of a public repository and
 * `GET …/actions/runs` without a credential show these, runner names included. Left out: who may approve
 * (`current_user_can_approve`) and the reviewers of an environment.
 */
import { data, extend, fields, type Shape } from "../shape.ts";
import { app } from "./issues.ts";
import { user } from "./people.ts";
import { pullStub } from "./pulls.ts";
import { minimalRepository } from "./repositories.ts";

const person = fields("name email");
export const headCommit = fields("id tree_id message timestamp", { author: person, committer: person });

const run = fields(
  `id name node_id check_suite_id check_suite_node_id head_branch head_sha path run_number event display_title status
   conclusion workflow_id url html_url created_at updated_at run_attempt run_started_at jobs_url logs_url check_suite_url
   artifacts_url cancel_url rerun_url previous_attempt_url workflow_url`,
  {
    pull_requests: pullStub,
    actor: user,
    triggering_actor: user,
    referenced_workflows: fields("path sha ref"),
    head_commit: headCommit,
    repository: minimalRepository,
    head_repository: minimalRepository,
  },
);

const job = fields(
  `id run_id run_url run_attempt node_id head_sha url html_url status conclusion created_at started_at completed_at name
   check_run_url labels runner_id runner_name runner_group_id runner_group_name workflow_name head_branch`,
  { steps: fields("name status conclusion number started_at completed_at") },
);

const artifact = fields(
  "id node_id name size_in_bytes url archive_download_url expired created_at expires_at updated_at digest",
  { workflow_run: fields("id repository_id head_repository_id head_branch head_sha") },
);

const workflow = fields("id node_id name path state created_at updated_at deleted_at url html_url badge_url");
const counted = (name: string, of: Shape) => fields("total_count", { [name]: of });

const environment = fields("id node_id name url html_url created_at updated_at", {
  deployment_branch_policy: fields("protected_branches custom_branch_policies"),
  protection_rules: fields("id node_id type wait_timer prevent_self_review", {
    reviewers: fields("type", { reviewer: extend(user, "name slug description") }),
  }),
});

/** `payload` is whatever the deploying tool wrote: the same for everybody. */
const deployment = fields(
  `url id node_id sha ref task original_environment environment description created_at updated_at statuses_url
   repository_url transient_environment production_environment`,
  { payload: "anything", creator: user, performed_via_github_app: app },
);

const deploymentStatus = fields(
  `url id node_id state description environment target_url created_at updated_at deployment_url repository_url
   environment_url log_url`,
  { creator: user, performed_via_github_app: app },
);

export const ACTIONS: Readonly<Record<string, Shape>> = {
  "actions/list-workflow-runs-for-repo": counted("workflow_runs", run),
  "actions/list-workflow-runs": counted("workflow_runs", run),
  "actions/get-workflow-run": run,
  "actions/get-workflow-run-attempt": run,
  "actions/list-jobs-for-workflow-run": counted("jobs", job),
  "actions/list-jobs-for-workflow-run-attempt": counted("jobs", job),
  "actions/get-job-for-workflow-run": job,
  "actions/list-workflow-run-artifacts": counted("artifacts", artifact),
  "actions/list-artifacts-for-repo": counted("artifacts", artifact),
  "actions/get-artifact": artifact,
  "actions/get-workflow-run-usage": fields("run_duration_ms", {
    billable: data(fields("total_ms jobs", { job_runs: fields("job_id duration_ms") })),
  }),
  "actions/get-reviews-for-run": fields("state comment", {
    environments: fields("id node_id name url html_url created_at updated_at"),
    user,
  }),
  "actions/list-repo-workflows": counted("workflows", workflow),
  "actions/get-workflow": workflow,
  "actions/get-actions-cache-list": counted(
    "actions_caches",
    fields("id ref key version last_accessed_at created_at size_in_bytes"),
  ),
  "actions/get-actions-cache-usage": fields("full_name active_caches_size_in_bytes active_caches_count"),
  "repos/list-deployments": deployment,
  "repos/get-deployment": deployment,
  "repos/list-deployment-statuses": deploymentStatus,
  "repos/get-all-environments": counted("environments", environment),
};
