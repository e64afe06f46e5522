/**
 * Issues, their comments, labels, milestones and reactions. Evidence: `GET …/issues/{number}` of a public repository
 * without a credential. Left out: what depends on what the asker may see of other issues (`parent_issue_url` and the
 * summaries, forbidden anyway), and rendered bodies (`body_html`, `body_text`: GitHub renders a reference to a private
 * issue for those who see it). Pinned and minimized comments are shown as such to readers who are signed out.
 */
import { extend, fields, type Shape } from "../shape.ts";
import { user } from "./people.ts";

export const reactions = fields("url total_count +1 -1 laugh hooray confused heart rocket eyes");
export const reaction = fields("id node_id content created_at", { user });
export const label = fields("id node_id url name description color default");

export const milestone = fields(
  `url html_url labels_url id node_id number state title description open_issues closed_issues created_at updated_at
   closed_at due_on`,
  { creator: user },
);

/** An App as the public sees it: what it may do (`permissions`) is forbidden by name. */
export const app = fields(
  "id slug node_id client_id name description external_url html_url created_at updated_at events",
  { owner: user },
);

export const comment = fields("id node_id url html_url body created_at updated_at issue_url author_association", {
  user,
  reactions,
  performed_via_github_app: app,
  pin: fields("pinned_at", { pinned_by: user }),
  minimized: fields("reason"),
});

export const issue = fields(
  `id node_id url repository_url labels_url comments_url events_url html_url number state state_reason title body locked
   active_lock_reason comments created_at updated_at closed_at author_association timeline_url draft`,
  {
    user,
    labels: label,
    assignee: user,
    assignees: user,
    milestone,
    closed_by: user,
    pull_request: fields("url html_url diff_url patch_url merged_at"),
    reactions,
    performed_via_github_app: app,
    pinned_comment: comment,
  },
);

export const commitComment = extend(comment, "path position line commit_id");

export const ISSUES: Readonly<Record<string, Shape>> = {
  "issues/get": issue,
  "issues/list-for-repo": issue,
  "issues/get-parent": issue,
  "issues/list-sub-issues": issue,
  "issues/list-dependencies-blocked-by": issue,
  "issues/list-dependencies-blocking": issue,
  "issues/get-comment": comment,
  "issues/list-comments": comment,
  "issues/list-comments-for-repo": comment,
  "issues/get-label": label,
  "issues/list-labels-for-repo": label,
  "issues/list-labels-on-issue": label,
  "issues/list-labels-for-milestone": label,
  "issues/get-milestone": milestone,
  "issues/list-milestones": milestone,
  "reactions/list-for-issue": reaction,
  "reactions/list-for-issue-comment": reaction,
  "reactions/list-for-commit-comment": reaction,
  "reactions/list-for-pull-request-review-comment": reaction,
  "reactions/list-for-release": reaction,
  "repos/get-commit-comment": commitComment,
  "repos/list-comments-for-commit": commitComment,
  "repos/list-commit-comments-for-repo": commitComment,
};
