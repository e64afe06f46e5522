/**
 * Pull requests and reviews. Evidence: `GET …/pulls/{number}` of a public repository without a credential, mergeability
 * and `auto_merge` included. Teams stay as a name only: sanitize.ts empties the list, since teams may be secret.
 */
import { fields, type Shape } from "../shape.ts";
import { app, label, milestone, reactions } from "./issues.ts";
import { user } from "./people.ts";
import { repository } from "./repositories.ts";

const end = fields("label ref sha", { user, repo: repository });
const link = fields("href");

export const pull = fields(
  `url id node_id html_url diff_url patch_url issue_url commits_url review_comments_url review_comment_url comments_url
   statuses_url number state locked title body active_lock_reason created_at updated_at closed_at merged_at
   merge_commit_sha author_association draft merged mergeable rebaseable mergeable_state comments review_comments
   maintainer_can_modify commits additions deletions changed_files requested_teams`,
  {
    user,
    labels: label,
    milestone,
    assignee: user,
    assignees: user,
    requested_reviewers: user,
    head: end,
    base: end,
    _links: fields("", {
      self: link,
      html: link,
      issue: link,
      comments: link,
      review_comments: link,
      review_comment: link,
      commits: link,
      statuses: link,
    }),
    auto_merge: fields("merge_method commit_title commit_message", { enabled_by: user }),
    merged_by: user,
  },
);

const reviewLinks = fields("", { self: link, html: link, pull_request: link });

export const review = fields(
  "id node_id body state html_url pull_request_url submitted_at commit_id author_association",
  { user, _links: reviewLinks },
);

export const reviewComment = fields(
  `url pull_request_review_id id node_id diff_hunk path position original_position commit_id original_commit_id
   in_reply_to_id body created_at updated_at html_url pull_request_url author_association start_line original_start_line
   start_side line original_line side subject_type`,
  { user, _links: reviewLinks, reactions, performed_via_github_app: app },
);

const stubEnd = fields("ref sha", { repo: fields("id url name") });

/** What runs, suites and checks say of a pull. One of another repository stays only where that is proven public. */
export const pullStub = fields("url id number", { head: stubEnd, base: stubEnd });

export const PULLS: Readonly<Record<string, Shape>> = {
  "pulls/get": pull,
  "pulls/list": pull,
  "repos/list-pull-requests-associated-with-commit": pull,
  "pulls/check-if-merged": fields(""),
  "pulls/get-review": review,
  "pulls/list-reviews": review,
  "pulls/get-review-comment": reviewComment,
  "pulls/list-review-comments": reviewComment,
  "pulls/list-review-comments-for-repo": reviewComment,
  "pulls/list-comments-for-review": reviewComment,
  "pulls/list-requested-reviewers": fields("teams", { users: user }),
};
