/**
 * Checks, statuses and rulesets. Evidence: `GET …/commits/{ref}/check-runs`, `…/status` and `…/rulesets` of a public
 * repository without a credential. Left out: `rerequestable`, which depends on who asks, `bypass_actors`, and of a rule's
 * parameters those that name teams, Apps' workflows or other repositories.
 */
import { fields, type Shape } from "../shape.ts";
import { headCommit } from "./actions.ts";
import { app } from "./issues.ts";
import { user } from "./people.ts";
import { pullStub } from "./pulls.ts";
import { repository } from "./repositories.ts";

const checkRun = fields(
  `id head_sha node_id external_id url html_url details_url status conclusion started_at completed_at name`,
  {
    output: fields("title summary text annotations_count annotations_url"),
    check_suite: fields("id"),
    app,
    pull_requests: pullStub,
  },
);

const checkSuite = fields(
  `id node_id head_branch head_sha status conclusion url before after created_at updated_at latest_check_runs_count
   check_runs_url`,
  { pull_requests: pullStub, app, repository, head_commit: headCommit },
);

const status = fields("url avatar_url id node_id state description target_url context created_at updated_at", {
  creator: user,
});

const checkRuns = fields("total_count", { check_runs: checkRun });
const link = fields("href");

const parameters = fields(
  `operator pattern name negate required_approving_review_count dismiss_stale_reviews_on_push require_code_owner_review
   require_last_push_approval required_review_thread_resolution automatic_copilot_code_review_enabled
   allowed_merge_methods strict_required_status_checks_policy do_not_enforce_on_create update_allows_fetch_and_merge
   required_deployment_environments check_response_timeout_minutes grouping_strategy max_entries_to_build
   max_entries_to_merge merge_method min_entries_to_merge min_entries_to_merge_wait_minutes restricted_file_paths
   max_file_path_length restricted_file_extensions max_file_size`,
  {
    required_status_checks: fields("context integration_id"),
    code_scanning_tools: fields("tool security_alerts_threshold alerts_threshold"),
  },
);

const ruleset = fields("id name target source_type source enforcement node_id created_at updated_at", {
  _links: fields("", { self: link, html: link }),
  conditions: fields("", { ref_name: fields("include exclude") }),
  rules: fields("type", { parameters }),
});

export const CHECKS: Readonly<Record<string, Shape>> = {
  "checks/list-for-ref": checkRuns,
  "checks/list-for-suite": checkRuns,
  "checks/get": checkRun,
  "checks/list-suites-for-ref": fields("total_count", { check_suites: checkSuite }),
  "checks/get-suite": checkSuite,
  "checks/list-annotations": fields(
    "path start_line end_line start_column end_column annotation_level title message raw_details blob_href",
  ),
  "repos/get-combined-status-for-ref": fields("state sha total_count commit_url url", {
    statuses: status,
    repository,
  }),
  "repos/list-commit-statuses-for-ref": status,
  "repos/get-branch-rules": fields("type ruleset_source_type ruleset_source ruleset_id", { parameters }),
  "repos/get-repo-rulesets": ruleset,
  "repos/get-repo-ruleset": ruleset,
};
