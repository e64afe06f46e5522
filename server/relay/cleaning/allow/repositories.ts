/**
 * Repositories. Evidence: `GET /repos/{owner}/{repo}` of a public repository without a credential. GitHub's examples of
 * `full-repository` are an administrator's: left out are `permissions`, `role_name`, `temp_clone_token`,
 * `security_and_analysis`, `custom_properties`, and every `allow_*` and merge setting, which the forbidden names cut too.
 */
import { data, extend, fields, type Shape } from "../shape.ts";
import { user } from "./people.ts";

export const license = fields("key name spdx_id url node_id html_url");

/** What GitHub nests where it names a repository: of runs, statuses and found code. */
export const minimalRepository = fields(
  `id node_id name full_name private html_url description fork url
   archive_url assignees_url blobs_url branches_url collaborators_url comments_url commits_url compare_url contents_url
   contributors_url deployments_url downloads_url events_url forks_url git_commits_url git_refs_url git_tags_url
   hooks_url issue_comment_url issue_events_url issues_url keys_url labels_url languages_url merges_url milestones_url
   notifications_url pulls_url releases_url stargazers_url statuses_url subscribers_url subscription_url tags_url
   teams_url trees_url git_url ssh_url clone_url svn_url mirror_url`,
  { owner: user },
);

export const repository = extend(
  minimalRepository,
  `created_at updated_at pushed_at homepage size stargazers_count watchers_count language has_issues has_projects
   has_downloads has_wiki has_pages has_discussions forks_count archived disabled visibility open_issues_count is_template
   web_commit_signoff_required topics forks open_issues watchers default_branch master_branch network_count
   subscribers_count`,
  { license },
);

const fullRepository = extend(repository, "", {
  organization: user,
  parent: repository,
  source: repository,
  template_repository: repository,
});

const page = fields("url html_url");

const communityFiles = fields("", {
  code_of_conduct: fields("key name url html_url"),
  code_of_conduct_file: page,
  contributing: page,
  issue_template: page,
  pull_request_template: page,
  license: fields("key name spdx_id url html_url node_id"),
  readme: page,
});

export const REPOSITORIES: Readonly<Record<string, Shape>> = {
  "repos/get": fullRepository,
  "repos/list-for-user": repository,
  "repos/list-for-org": repository,
  "repos/list-forks": repository,
  "repos/list-languages": data("leaf"),
  "repos/list-contributors": extend(user, "contributions name email"),
  "repos/get-all-topics": fields("names"),
  "repos/get-hash-algorithm": fields("hash_algorithm"),
  "repos/get-community-profile-metrics": fields(
    "health_percentage description documentation updated_at content_reports_enabled",
    { files: communityFiles },
  ),
  "repos/codeowners-errors": fields("", { errors: fields("line column kind source suggestion message path") }),
  "repos/list-activities": fields("id node_id before after ref timestamp pushed_at push_type activity_type", {
    actor: user,
    pusher: user,
  }),
  "activity/list-stargazers-for-repo": extend(user, "starred_at", { user }),
  "activity/list-watchers-for-repo": user,
};
