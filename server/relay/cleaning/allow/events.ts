/**
 * Events of issues and activity feeds: one shape over all kinds of event. Evidence: the timeline of a public issue and the
 * feed of a public repository without a credential. What an event tells of another repository stays only where that one
 * is proven public (references.ts). Left out: cards of projects, which have a visibility of their own, and teams.
 */
import { extend, fields, type Shape } from "../shape.ts";
import { gitCommit, sha, verification } from "./commits.ts";
import { app, comment, issue, label, reactions } from "./issues.ts";
import { user } from "./people.ts";
import { pull, review, reviewComment } from "./pulls.ts";
import { minimalRepository, repository } from "./repositories.ts";
import { release } from "./files.ts";

const issueEvent = fields(
  `id node_id url event commit_id commit_url created_at updated_at html_url issue_url body author_association lock_reason
   state state_reason submitted_at pull_request_url sha message path`,
  {
    actor: user,
    user,
    assignee: user,
    assigner: user,
    label: fields("name color"),
    milestone: fields("title"),
    rename: fields("from to"),
    requested_reviewer: user,
    review_requester: user,
    dismissed_review: fields("state review_id dismissal_message dismissal_commit_id"),
    source: fields("type", { issue: extend(issue, "", { repository: minimalRepository }) }),
    issue,
    reactions,
    performed_via_github_app: app,
    author: fields("name email date"),
    committer: fields("name email date"),
    tree: sha,
    parents: sha,
    verification,
    comments: reviewComment,
    _links: fields("", { html: fields("href"), pull_request: fields("href") }),
  },
);

/** Of an event in a feed. Which members there are depends on its type. */
const payload = fields(
  `action repository_id push_id ref head before ref_type full_ref master_branch description pusher_type number size
   distinct_size`,
  {
    commits: extend(gitCommit, "distinct"),
    issue,
    comment: extend(reviewComment, "", Object.fromEntries(comment.members)),
    pull_request: pull,
    review,
    forkee: repository,
    member: user,
    release,
    label,
    labels: label,
    assignee: user,
    assignees: user,
    pages: fields("page_name title summary action sha html_url"),
  },
);

const actor = fields("id login display_login gravatar_id url avatar_url");

const feedEvent = fields("id type public created_at", {
  actor,
  repo: fields("id name url"),
  org: extend(actor, ""),
  payload,
});

export const EVENTS: Readonly<Record<string, Shape>> = {
  "issues/list-events": issueEvent,
  "issues/list-events-for-repo": issueEvent,
  "issues/list-events-for-timeline": issueEvent,
  "issues/get-event": issueEvent,
  "activity/list-repo-events": feedEvent,
  "activity/list-public-events-for-repo-network": feedEvent,
  "activity/list-public-org-events": feedEvent,
  "activity/list-public-events-for-user": feedEvent,
  "activity/list-events-for-authenticated-user": feedEvent,
  "activity/list-received-events-for-user": feedEvent,
};
