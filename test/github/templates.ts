/** Every GET path template the stand-in answers, and the operation of GitHub's OpenAPI description behind it. */

const USERS = `
/user users/get-authenticated
/user/{id} users/get-by-id
/users/{login} users/get-by-username
/users/{login}/repos repos/list-for-user
/users/{login}/orgs orgs/list-for-user
/users/{login}/gists gists/list-for-user
/users/{login}/followers users/list-followers-for-user
/users/{login}/following users/list-following-for-user
/users/{login}/events activity/list-events-for-authenticated-user
/users/{login}/events/public activity/list-public-events-for-user
/users/{login}/received_events activity/list-received-events-for-user
/users/{login}/keys users/list-public-keys-for-user
/users/{login}/gpg_keys users/list-gpg-keys-for-user
/users/{login}/social_accounts users/list-social-accounts-for-user
/users/{login}/ssh_signing_keys users/list-ssh-signing-keys-for-user
/orgs/{org}/repos repos/list-for-org
/orgs/{org}/events activity/list-public-org-events
/orgs/{org}/members/{login} orgs/check-membership-for-user
/orgs/{org}/public_members orgs/list-public-members
/orgs/{org}/public_members/{login} orgs/check-public-membership-for-user`;

const GLOBAL = `
/ meta/root
/emojis emojis/get
/meta meta/get
/versions meta/get-all-versions
/rate_limit rate-limit/get
/licenses licenses/get-all-commonly-used
/licenses/{slug} licenses/get
/gitignore/templates gitignore/get-all-templates
/gitignore/templates/{template} gitignore/get-template
/codes_of_conduct codes-of-conduct/get-all-codes-of-conduct
/advisories security-advisories/list-global-advisories
/advisories/{ghsa} security-advisories/get-global-advisory
/gists/{gist} gists/get
/gists/{gist}/comments gists/list-comments
/gists/{gist}/commits gists/list-commits
/gists/{gist}/{sha} gists/get-revision
/search/issues search/issues-and-pull-requests
/search/code search/code
/search/commits search/commits
/search/repositories search/repos
/search/users search/users
/search/topics search/topics
/networks/{owner}/{repo}/events activity/list-public-events-for-repo-network`;

/** Below `/repos/{owner}/{repo}`. `...` at the end of a parameter: it takes the rest of the path. */
const REPOSITORY = `
 repos/get
/activity repos/list-activities
/assignees issues/list-assignees
/assignees/{login} issues/check-user-can-be-assigned
/branches repos/list-branches
/branches/{branch...} repos/get-branch
/check-runs/{id} checks/get
/check-runs/{id}/annotations checks/list-annotations
/check-suites/{id} checks/get-suite
/check-suites/{id}/check-runs checks/list-for-suite
/codeowners/errors repos/codeowners-errors
/comments repos/list-commit-comments-for-repo
/comments/{id} repos/get-commit-comment
/comments/{id}/reactions reactions/list-for-commit-comment
/commits repos/list-commits
/commits/{sha}/branches-where-head repos/list-branches-for-head-commit
/commits/{sha}/check-runs checks/list-for-ref
/commits/{sha}/check-suites checks/list-suites-for-ref
/commits/{sha}/comments repos/list-comments-for-commit
/commits/{sha}/pulls repos/list-pull-requests-associated-with-commit
/commits/{sha}/status repos/get-combined-status-for-ref
/commits/{sha}/statuses repos/list-commit-statuses-for-ref
/commits/{sha...} repos/get-commit
/community/profile repos/get-community-profile-metrics
/compare/{basehead...} repos/compare-commits-with-basehead
/contents repos/get-content
/contents/{path...} repos/get-content
/contributors repos/list-contributors
/dependency-graph/compare/{basehead...} dependency-graph/diff-range
/dependency-graph/sbom dependency-graph/export-sbom
/deployments repos/list-deployments
/deployments/{id} repos/get-deployment
/deployments/{id}/statuses repos/list-deployment-statuses
/environments repos/get-all-environments
/events activity/list-repo-events
/forks repos/list-forks
/git/blobs/{sha} git/get-blob
/git/commits/{sha} git/get-commit
/git/matching-refs/{ref...} git/list-matching-refs
/git/ref/{ref...} git/get-ref
/git/tags/{sha} git/get-tag
/git/trees/{sha} git/get-tree
/hash-algorithm repos/get-hash-algorithm
/labels issues/list-labels-for-repo
/labels/{label} issues/get-label
/languages repos/list-languages
/license licenses/get-for-repo
/milestones issues/list-milestones
/milestones/{number} issues/get-milestone
/milestones/{number}/labels issues/list-labels-for-milestone
/readme repos/get-readme
/readme/{path...} repos/get-readme-in-directory
/releases repos/list-releases
/releases/assets/{id} repos/get-release-asset
/releases/latest repos/get-latest-release
/releases/tags/{tag...} repos/get-release-by-tag
/releases/{id} repos/get-release
/releases/{id}/assets repos/list-release-assets
/releases/{id}/reactions reactions/list-for-release
/rules/branches/{branch...} repos/get-branch-rules
/rulesets repos/get-repo-rulesets
/rulesets/{id} repos/get-repo-ruleset
/security-advisories security-advisories/list-repository-advisories
/stargazers activity/list-stargazers-for-repo
/stats/code_frequency repos/get-code-frequency-stats
/stats/commit_activity repos/get-commit-activity-stats
/stats/contributors repos/get-contributors-stats
/stats/participation repos/get-participation-stats
/stats/punch_card repos/get-punch-card-stats
/statuses/{sha} repos/list-commit-statuses-for-ref
/subscribers activity/list-watchers-for-repo
/tags repos/list-tags
/topics repos/get-all-topics`;

const ISSUES_AND_PULLS = `
/issues issues/list-for-repo
/issues/comments issues/list-comments-for-repo
/issues/comments/{id} issues/get-comment
/issues/comments/{id}/reactions reactions/list-for-issue-comment
/issues/events issues/list-events-for-repo
/issues/events/{id} issues/get-event
/issues/{number} issues/get
/issues/{number}/comments issues/list-comments
/issues/{number}/dependencies/blocked_by issues/list-dependencies-blocked-by
/issues/{number}/dependencies/blocking issues/list-dependencies-blocking
/issues/{number}/events issues/list-events
/issues/{number}/labels issues/list-labels-on-issue
/issues/{number}/parent issues/get-parent
/issues/{number}/reactions reactions/list-for-issue
/issues/{number}/sub_issues issues/list-sub-issues
/issues/{number}/timeline issues/list-events-for-timeline
/pulls pulls/list
/pulls/comments pulls/list-review-comments-for-repo
/pulls/comments/{id} pulls/get-review-comment
/pulls/comments/{id}/reactions reactions/list-for-pull-request-review-comment
/pulls/{number} pulls/get
/pulls/{number}/comments pulls/list-review-comments
/pulls/{number}/commits pulls/list-commits
/pulls/{number}/files pulls/list-files
/pulls/{number}/merge pulls/check-if-merged
/pulls/{number}/requested_reviewers pulls/list-requested-reviewers
/pulls/{number}/reviews pulls/list-reviews
/pulls/{number}/reviews/{id} pulls/get-review
/pulls/{number}/reviews/{id}/comments pulls/list-comments-for-review`;

const ACTIONS = `
/actions/artifacts actions/list-artifacts-for-repo
/actions/artifacts/{id} actions/get-artifact
/actions/artifacts/{id}/zip actions/download-artifact
/actions/cache/usage actions/get-actions-cache-usage
/actions/caches actions/get-actions-cache-list
/actions/jobs/{id} actions/get-job-for-workflow-run
/actions/jobs/{id}/logs actions/download-job-logs-for-workflow-run
/actions/runs actions/list-workflow-runs-for-repo
/actions/runs/{id} actions/get-workflow-run
/actions/runs/{id}/approvals actions/get-reviews-for-run
/actions/runs/{id}/artifacts actions/list-workflow-run-artifacts
/actions/runs/{id}/attempts/{attempt} actions/get-workflow-run-attempt
/actions/runs/{id}/attempts/{attempt}/jobs actions/list-jobs-for-workflow-run-attempt
/actions/runs/{id}/attempts/{attempt}/logs actions/download-workflow-run-attempt-logs
/actions/runs/{id}/jobs actions/list-jobs-for-workflow-run
/actions/runs/{id}/logs actions/download-workflow-run-logs
/actions/runs/{id}/timing actions/get-workflow-run-usage
/actions/workflows actions/list-repo-workflows
/actions/workflows/{workflow} actions/get-workflow
/actions/workflows/{workflow}/runs actions/list-workflow-runs`;

function rows(table: string, prefix = ""): readonly (readonly [template: string, operation: string])[] {
  return table
    .slice(1)
    .split("\n")
    .map((line) => {
      const space = line.lastIndexOf(" ");
      return [prefix + line.slice(0, space), line.slice(space + 1)] as const;
    });
}

export const TEMPLATES = [
  ...rows(GLOBAL),
  ...rows(USERS),
  ...[REPOSITORY, ISSUES_AND_PULLS, ACTIONS].flatMap((table) => rows(table, "/repos/{owner}/{repo}")),
];
