/** Elements that only members of the private repository find in GitHub's lists, by operation. */
import { isObject, type Json, type JsonObject } from "./corpus.ts";
import {
  draftRelease,
  feedEvent,
  privateEvent,
  privateIssue,
  privateMember,
  privatePull,
  privateRepository,
  secretTeam,
} from "./private-objects.ts";
import { belongs, type Viewer } from "./private-words.ts";

type Make = (viewer: Viewer, sample: JsonObject) => readonly JsonObject[];

const issueOf = (viewer: Viewer) => privateIssue(viewer, true);

/** What an issue's timeline and events tell of the private repository. */
const ISSUE_EVENTS: Make = (viewer) => [
  privateEvent(viewer, "cross-referenced", { source: { type: "issue", issue: issueOf(viewer) } }),
  privateEvent(viewer, "referenced", {
    commit_id: "b".repeat(40),
    commit_url: `https://api.github.com/repos/${viewer.hidden}/commits/${"b".repeat(40)}`,
  }),
  privateEvent(viewer, "review_requested", {
    requested_team: secretTeam(viewer),
    review_requester: { login: "alice" },
  }),
  privateEvent(viewer, "assigned", { assignee: privateMember(viewer), assigner: privateMember(viewer) }),
  privateEvent(viewer, "sub_issue_added", { sub_issue: issueOf(viewer) }),
  privateEvent(viewer, "parent_issue_added", { parent_issue: issueOf(viewer) }),
  privateEvent(viewer, "blocked_by_added", { blocking_issue: issueOf(viewer) }),
  privateEvent(viewer, "renamed", { rename: { from: viewer.say("renamed_from"), to: "Public title" } }),
  privateEvent(viewer, "added_to_project", {
    project_card: { id: 4751, project_id: 4752, column_name: viewer.say("project_column") },
  }),
];

/** A repository's list of events carries the issue of each. */
const REPOSITORY_ISSUE_EVENTS: Make = (viewer, sample) => [
  ...ISSUE_EVENTS(viewer, sample),
  privateEvent(viewer, "transferred", { issue: issueOf(viewer) }),
];

const FEED: Make = (viewer) => [
  feedEvent(viewer, "PushEvent", false, { ref: "refs/heads/main", commits: [{ message: viewer.say("push_message") }] }),
  feedEvent(viewer, "ForkEvent", true, { forkee: privateRepository(viewer) }),
  feedEvent(viewer, "IssuesEvent", true, { action: "opened", issue: issueOf(viewer) }),
  feedEvent(viewer, "PullRequestEvent", true, { action: "opened", number: 78, pull_request: privatePull(viewer, {}) }),
  feedEvent(viewer, "MemberEvent", true, { action: "added", member: privateMember(viewer) }),
  feedEvent(viewer, "ReleaseEvent", true, { action: "created", release: draftRelease(viewer, {}) }),
];

const found = (viewer: Viewer, more: JsonObject): JsonObject => ({
  ...more,
  score: 1,
  text_matches: [{ object_url: more.url ?? null, property: "body", fragment: viewer.say("text_match"), matches: [] }],
});

const pendingReview: Make = (viewer, sample) => [
  { ...sample, id: 880_005, state: "PENDING", body: viewer.say("pending_review"), submitted_at: null },
];
const issues: Make = (viewer) => [privateIssue(viewer), issueOf(viewer)];
const pulls: Make = (viewer, sample) => [privatePull(viewer, sample)];
const repositories: Make = (viewer, sample) => [{ ...sample, ...privateRepository(viewer) }];
const members: Make = (viewer) => [privateMember(viewer)];

const BY_OPERATION: Readonly<Record<string, Make>> = {
  "issues/list-events-for-timeline": (viewer, sample) => [
    ...ISSUE_EVENTS(viewer, sample),
    privateEvent(viewer, "reviewed", {
      state: "pending",
      body: viewer.say("pending_timeline_review"),
      submitted_at: null,
    }),
  ],
  "issues/list-events": ISSUE_EVENTS,
  "issues/list-events-for-repo": REPOSITORY_ISSUE_EVENTS,
  "issues/list-sub-issues": issues,
  "issues/list-dependencies-blocked-by": issues,
  "issues/list-dependencies-blocking": issues,
  "issues/list-assignees": members,
  "activity/list-repo-events": FEED,
  "activity/list-public-events-for-repo-network": FEED,
  "activity/list-public-org-events": FEED,
  "activity/list-public-events-for-user": FEED,
  "activity/list-events-for-authenticated-user": FEED,
  "activity/list-received-events-for-user": FEED,
  "repos/list-forks": repositories,
  "repos/list-for-user": repositories,
  "repos/list-for-org": repositories,
  "repos/list-pull-requests-associated-with-commit": pulls,
  "repos/list-releases": (viewer, sample) => [draftRelease(viewer, sample)],
  "pulls/list-reviews": pendingReview,
  "gists/list-for-user": (viewer, sample) => [{ ...sample, public: false, description: viewer.say("secret_gist") }],
  "orgs/list-for-user": (viewer, sample) => [{ ...sample, login: viewer.say("private-organization") }],
  "orgs/list-public-members": members,
  "security-advisories/list-repository-advisories": (viewer, sample) => [
    {
      ...sample,
      state: "draft",
      published_at: null,
      summary: viewer.say("draft_advisory"),
      private_fork: privateRepository(viewer),
      collaborating_teams: [secretTeam(viewer)],
    },
  ],
  "search/issues-and-pull-requests": (viewer, sample) => [found(viewer, { ...sample, ...privateIssue(viewer) })],
  "search/code": (viewer, sample) => [
    found(viewer, { ...sample, name: viewer.say("file_name"), repository: privateRepository(viewer) }),
  ],
  "search/commits": (viewer, sample) => [found(viewer, { ...sample, repository: privateRepository(viewer) })],
  "search/repos": (viewer, sample) => [found(viewer, { ...sample, ...privateRepository(viewer) })],
  "search/users": (viewer) => [found(viewer, privateMember(viewer))],
};

/** What the asker finds in this list beside what everybody finds; `sample` is a public element of it. */
export function moreElements(operation: string, viewer: Viewer, sample: Json | undefined): readonly JsonObject[] {
  const make = belongs(viewer) ? BY_OPERATION[operation] : undefined;
  return make?.(viewer, isObject(sample) ? structuredClone(sample) : {}) ?? [];
}
