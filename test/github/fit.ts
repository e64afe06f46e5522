import { isList, isObject, type Json, type JsonObject } from "./corpus.ts";
import { nameOf, ownerOf, shaOf, type Question } from "./question.ts";

/** Any repository named in GitHub's own URLs. */
const REPOSITORY_URL =
  /((?:https?:\/\/|git:\/{0,2}|git@)(?:api\.github\.com\/repos\/|uploads\.github\.com\/repos\/|raw\.githubusercontent\.com\/|github\.com[/:]))(?!apps\/|orgs\/|login\/|features\/|advisories\/|users\/)([\w.-]+)\/([\w.-]+?)(?=\.git|[/"{#?])/g;

/** Only members of a repository see these on a repository object. */
const MEMBER_ONLY = new Set([
  "temp_clone_token",
  "security_and_analysis",
  "custom_properties",
  "delete_branch_on_merge",
  "allow_squash_merge",
  "allow_merge_commit",
  "allow_rebase_merge",
  "allow_auto_merge",
  "allow_update_branch",
  "use_squash_pr_title_as_default",
  "squash_merge_commit_title",
  "squash_merge_commit_message",
  "merge_commit_title",
  "merge_commit_message",
]);

/** Puts the question's repository and path numbers wherever the sample names its own, as text: cheap, and complete. */
export function fitText(text: string, question: Question): string {
  let fitted = text;
  const { repository, params, operation } = question;
  if (repository !== undefined) {
    fitted = fitted.replaceAll(REPOSITORY_URL, `$1${repository.fullName}`);
  }
  if (params.login !== undefined && operation !== "issues/check-user-can-be-assigned") {
    fitted = fitted.replaceAll(/(\/users\/|github\.com\/|"login":")octocat(?=["/{])/g, `$1${params.login}`);
  }
  if (params.number !== undefined) {
    const family = operation.includes("milestone") ? "milestones" : "issues|pulls|pull";
    fitted = fitted.replaceAll(new RegExp(`/(${family})/\\d+`, "g"), `/$1/${params.number}`);
  }
  if (params.id !== undefined) fitted = fitId(fitted, question);
  return fitted;
}

function fitId(text: string, { params, operation }: Question): string {
  const collection = /run/.test(operation) ? "runs" : /job/.test(operation) ? "jobs" : undefined;
  if (operation.startsWith("actions/") && collection !== undefined) {
    return text.replaceAll(new RegExp(`/actions/${collection}/\\d+`, "g"), `/actions/${collection}/${params.id}`);
  }
  return text;
}

/** Makes every repository object below `value` the question's own and hides what its audience may not see. */
export function fitRepositories(value: Json, question: Question): void {
  if (isList(value)) {
    for (const element of value) fitRepositories(element, question);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value.full_name === "string" && "private" in value) fitRepository(value, question);
  for (const member of Object.values(value)) {
    if (typeof member === "object" && member !== null) fitRepositories(member, question);
  }
}

function fitRepository(object: JsonObject, question: Question): void {
  const { repository, audience } = question;
  object.private = repository?.visibility === "private";
  if ("visibility" in object) object.visibility = repository?.visibility ?? "public";
  if (repository !== undefined) {
    object.id = repository.id;
    object.name = nameOf(repository);
    object.full_name = repository.fullName;
    if ("default_branch" in object) object.default_branch = repository.defaultBranch;
    if (isObject(object.owner)) fitOwner(object.owner, question);
    if (isObject(object.organization)) fitOwner(object.organization, question);
  }
  if (audience !== "member") {
    for (const member of MEMBER_ONLY) delete object[member];
  }
  if (audience === "public") delete object.permissions;
  if (audience === "user" && isObject(object.permissions)) {
    object.permissions = { admin: false, maintain: false, push: false, triage: false, pull: true };
  }
}

function fitOwner(owner: JsonObject, question: Question): void {
  if (question.repository === undefined || typeof owner.login !== "string") return;
  const login = ownerOf(question.repository);
  const user = question.world.user(login);
  const renamed = JSON.stringify(owner).replaceAll(
    new RegExp(`(/users/|github\\.com/|"login":")${escapeForRegExp(owner.login)}(?=["/{])`, "g"),
    `$1${login}`,
  );
  Object.assign(owner, JSON.parse(renamed) as JsonObject, { id: user?.id ?? 1, type: user?.type ?? "User" });
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Gives a commit-like object the id `sha`, in its URLs too. */
export function fitSha(object: JsonObject, member: string, sha: string): JsonObject {
  const old = object[member];
  if (typeof old !== "string" || old === sha) return { ...object, [member]: sha };
  const fitted = JSON.parse(JSON.stringify(object).replaceAll(old, sha)) as JsonObject;
  if (isList(fitted.parents)) {
    for (const parent of fitted.parents) if (isObject(parent) && parent.sha === sha) parent.sha = shaOf("parent", sha);
  }
  return fitted;
}

/** A touched resource says when it changed: one second later each time. */
export function fitVersion(object: JsonObject, version: number): void {
  if (version === 0) return;
  for (const member of ["updated_at", "pushed_at", "created_at"]) {
    const value = object[member];
    if (typeof value !== "string") continue;
    object[member] = new Date(Date.parse(value) + version * 1000).toISOString().replace(".000Z", "Z");
    return;
  }
}
