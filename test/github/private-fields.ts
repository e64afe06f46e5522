/** Fields of GitHub's objects that depend on who asks: taken from what everybody is told, then given by grade. */
import { isList, isObject, type Json, type JsonObject } from "./corpus.ts";
import { privateMember, privateRepository, pullStub, secretTeam } from "./private-objects.ts";
import { belongs, type Viewer } from "./private-words.ts";

const FOR_NOBODY = [
  "role_name",
  "temp_clone_token",
  "security_and_analysis",
  "custom_properties",
  "bypass_actors",
  "current_user_can_bypass",
  "current_user_can_approve",
  "parent_issue_url",
  "sub_issues_summary",
  "issue_dependencies_summary",
  "notification_email",
  "requested_team",
] as const;
const SETTING =
  /^(allow_|delete_branch_on_merge$|use_squash_pr_title)|_merge_|^(squash_)?merge_commit_(title|message)$/;

/** What the public is told of an object: none of what depends on the asker. */
export function withhold(object: JsonObject): void {
  for (const name of FOR_NOBODY) delete object[name];
  if (typeof object.author_association === "string") object.author_association = "CONTRIBUTOR";
  for (const name of ["requested_teams", "teams", "collaborating_teams"]) {
    if (isList(object[name])) object[name] = [];
  }
  if (isList(object.reviewers)) {
    object.reviewers = object.reviewers.filter((each) => !isObject(each) || each.type !== "Team");
  }
  if (isRepository(object)) {
    for (const name of Object.keys(object)) if (SETTING.test(name) || name === "permissions") delete object[name];
    delete object.template_repository;
  }
  if (isProfile(object)) object.email = null;
}

/** Adds what this asker is told of the object beyond that. `key`: the member that holds it. */
export function grant(object: JsonObject, viewer: Viewer): void {
  if (viewer.grade === "public") return;
  if (isRepository(object)) grantRepository(object, viewer);
  if (isProfile(object)) grantProfile(object, viewer);
  if ("number" in object && "title" in object && "state" in object) grantIssue(object, viewer);
  if ("enforcement" in object && "source_type" in object) grantRuleset(object, viewer);
  if (isList(object.protection_rules)) grantEnvironment(object, viewer);
  if (!belongs(viewer)) return;
  if (typeof object.author_association === "string") object.author_association = "MEMBER";
  if (isList(object.requested_teams)) object.requested_teams = [secretTeam(viewer)];
  if (isList(object.teams)) object.teams = [secretTeam(viewer)];
  if (isList(object.pull_requests) && "head_sha" in object)
    object.pull_requests = [...object.pull_requests, pullStub(viewer)];
  if (isObject(object.protection)) grantProtection(object.protection, viewer);
}

function grantRepository(object: JsonObject, viewer: Viewer): void {
  const { grade, say } = viewer;
  const may = belongs(viewer);
  object.permissions = { admin: grade === "admin", maintain: grade === "admin", push: may, triage: may, pull: true };
  object.viewer_permission = say("viewer_permission");
  if (!may) return;
  Object.assign(object, {
    role_name: say("role_name"),
    temp_clone_token: say("temp_clone_token"),
    custom_properties: { cost_center: say("custom_properties") },
    allow_squash_merge: true,
    allow_merge_commit: false,
    allow_rebase_merge: true,
    allow_auto_merge: true,
    allow_update_branch: true,
    allow_forking: true,
    delete_branch_on_merge: true,
    use_squash_pr_title_as_default: true,
    squash_merge_commit_title: say("squash_merge_commit_title"),
    squash_merge_commit_message: say("squash_merge_commit_message"),
    merge_commit_title: say("merge_commit_title"),
    merge_commit_message: say("merge_commit_message"),
    web_commit_signoff_merge_required: say("web_commit_signoff"),
  });
  if (grade !== "admin") return;
  object.security_and_analysis = {
    advanced_security: { status: say("advanced_security") },
    secret_scanning: { status: "enabled" },
    secret_scanning_push_protection: { status: say("secret_scanning_push_protection") },
  };
}

/** GitHub shows addresses to credentials only, and a person's own account to that person. */
function grantProfile(object: JsonObject, viewer: Viewer): void {
  const { login, say } = viewer;
  object.email = `${say("email")}@example.com`;
  if (!belongs(viewer)) return;
  Object.assign(object, {
    notification_email: `${say("notification_email")}@example.com`,
    user_view_type: "private",
    private_gists: 4711,
    total_private_repos: 4712,
    owned_private_repos: 4713,
    disk_usage: 4714,
    collaborators: 4715,
    two_factor_authentication: true,
    two_factor_disabled: false,
    business_plus: say("business_plus"),
    ldap_dn: `cn=${say("ldap_dn")}`,
    plan: { name: say("plan"), space: 4716, collaborators: 4717, private_repos: 4718 },
    suspended_by: login,
  });
}

function grantIssue(object: JsonObject, viewer: Viewer): void {
  const { say, hidden } = viewer;
  Object.assign(object, {
    viewer_subscription: say("viewer_subscription"),
    viewer_can_update: belongs(viewer),
    current_user_can_approve: belongs(viewer),
  });
  if (!belongs(viewer)) return;
  Object.assign(object, {
    parent_issue_url: `https://api.github.com/repos/${hidden}/issues/77`,
    sub_issues_summary: { total: 4721, completed: 4722, percent_completed: 4723 },
    issue_dependencies_summary: { blocked_by: 4724, blocking: 4725, total_blocked_by: 4726, total_blocking: 4727 },
  });
}

function grantRuleset(object: JsonObject, { grade, say }: Viewer): void {
  object.current_user_can_bypass = say("current_user_can_bypass");
  if (grade === "admin") {
    object.bypass_actors = [{ actor_id: 4731, actor_type: "Team", bypass_mode: say("bypass_mode") }];
  }
}

function grantEnvironment(object: JsonObject, viewer: Viewer): void {
  object.current_user_can_approve = true;
  if (!belongs(viewer) || !isList(object.protection_rules)) return;
  const reviewers = [
    { type: "Team", reviewer: secretTeam(viewer) },
    { type: "User", reviewer: privateMember(viewer) },
  ];
  object.protection_rules = [...object.protection_rules, { id: 4741, type: "required_reviewers", reviewers }];
}

/** Who may push past a protected branch is shown to administrators only. */
function grantProtection(protection: JsonObject, viewer: Viewer): void {
  if (viewer.grade !== "admin") return;
  protection.restrictions = { users: [privateMember(viewer)], teams: [secretTeam(viewer)], apps: [] };
}

/** Puts the private repository where the object names another one: the fork a pull or a run came from, a template. */
export function nest(object: JsonObject, viewer: Viewer): void {
  if (!belongs(viewer)) return;
  if (isObject(object.head) && isObject(object.base) && isObject(object.head.repo)) {
    object.head = { ...object.head, repo: privateRepository(viewer) };
  }
  if (isObject(object.head_repository)) object.head_repository = privateRepository(viewer);
  if (isRepository(object) && "network_count" in object) object.template_repository = privateRepository(viewer);
}

function isRepository(object: JsonObject): boolean {
  return typeof object.full_name === "string" && ("private" in object || "owner" in object || "node_id" in object);
}

function isProfile(object: JsonObject): boolean {
  return typeof object.login === "string" && "type" in object && "public_repos" in object;
}

/** GitHub adds fields without notice. These stand for what it shows askers next year. */
export function addUnlisted(object: JsonObject, { grade, say, hidden }: Viewer): void {
  if (grade === "public") return;
  object.workspace_note = say("unlisted_text");
  object.linked_workspace = {
    name: say("unlisted_object"),
    url: `https://api.github.com/repos/${hidden}`,
  } satisfies Json;
}
