import { isObject, listShape, type Json, type JsonObject } from "./corpus.ts";
import { fitRepositories, fitSha, fitText, fitVersion } from "./fit.ts";
import { privateCrossReference } from "./member-view.ts";
import { resolveCommit, shaOf, type Question } from "./question.ts";

/** How many elements a list has in all; what is not named has 35. Eighteen runs are about 200 KB. */
const LENGTHS: Readonly<Record<string, number>> = {
  "issues/list-for-repo": 120,
  "pulls/list": 110,
  "repos/list-commits": 250,
  "pulls/list-files": 8,
  "pulls/list-commits": 3,
  "actions/list-workflow-runs-for-repo": 18,
  "actions/list-workflow-runs": 18,
  "actions/list-jobs-for-workflow-run": 4,
  "actions/list-jobs-for-workflow-run-attempt": 4,
  "actions/list-repo-workflows": 3,
  "actions/list-workflow-run-artifacts": 2,
  "checks/list-for-ref": 12,
  "checks/list-for-suite": 12,
  "checks/list-suites-for-ref": 2,
  "checks/list-annotations": 3,
  "issues/list-labels-on-issue": 2,
  "issues/list-dependencies-blocked-by": 1,
  "issues/list-dependencies-blocking": 1,
  "issues/list-sub-issues": 2,
  "repos/get-repo-rulesets": 2,
  "repos/get-branch-rules": 2,
  "repos/get-combined-status-for-ref": 2,
  "orgs/list-for-user": 1,
};
const DEFAULT_LENGTH = 35;
/** GitHub's search answers at most 1,000 results. */
const SEARCH_LENGTH = 140;

export interface Page {
  readonly body: Json;
  readonly link?: string;
}

/** One page of a list with GitHub's `Link` header, or undefined where the operation answers no list. */
export function listPage(question: Question): Page | undefined {
  const shape = listShape(question.operation);
  if (shape === undefined) return undefined;
  const perPage = clamp(question.query.get("per_page"), 30, 100);
  const page = clamp(question.query.get("page"), 1, 1_000_000);
  const total = lengthOf(question);
  const elements: Json[] = [];
  for (let index = (page - 1) * perPage; index < Math.min(total, page * perPage); index++) {
    const sample = shape.elements[index % Math.max(1, shape.elements.length)];
    if (sample !== undefined) elements.push(element(question, sample, index, total));
  }
  if (page === 1 && question.operation === "issues/list-events-for-timeline") {
    elements.push(...privateCrossReference(question));
  }
  const link = linkHeader(question, page, Math.max(1, Math.ceil(total / perPage)));
  const body = wrap(question, shape.member, shape.rest, elements, total);
  return link === undefined ? { body } : { body, link };
}

function wrap(question: Question, member: string | undefined, rest: JsonObject, list: Json[], total: number): Json {
  if (member === undefined) return list;
  const around = JSON.parse(fitText(JSON.stringify(rest), question)) as JsonObject;
  const body: JsonObject = { ...around, total_count: total, [member]: list };
  fitRepositories(body.repository ?? null, question);
  return typeof body.sha === "string" && question.params.sha !== undefined
    ? fitSha(body, "sha", resolveCommit(question, question.params.sha))
    : body;
}

function lengthOf({ operation, world, params }: Question): number {
  if (operation === "repos/list-for-user" || operation === "repos/list-for-org") {
    return world.publicRepositoriesOf(params.login ?? params.org ?? "").length;
  }
  if (operation === "orgs/list-for-user") return world.organizationsOf(params.login ?? "").length;
  return LENGTHS[operation] ?? (operation.startsWith("search/") ? SEARCH_LENGTH : DEFAULT_LENGTH);
}

function clamp(text: string | null, fallback: number, most: number): number {
  const value = Number(text ?? fallback);
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : fallback;
}

function element(question: Question, sample: string, index: number, total: number): Json {
  const value = JSON.parse(fitText(sample, listed(question, index))) as Json;
  if (!isObject(value)) return value;
  fitRepositories(value, listed(question, index));
  const fitted = distinguish(question, value, index, total);
  if (index === 0) fitVersion(fitted, question.version);
  return fitted;
}

/** Lists of repositories speak of a different one in every element. */
function listed(question: Question, index: number): Question {
  if (question.operation !== "repos/list-for-user" && question.operation !== "repos/list-for-org") return question;
  const owner = question.params.login ?? question.params.org ?? "";
  const repository = question.world.publicRepositoriesOf(owner)[index];
  return repository === undefined ? question : { ...question, repository };
}

/** Makes element number `index` differ from its sample as GitHub's elements differ: number, ids, names, commits. */
function distinguish(question: Question, value: JsonObject, index: number, total: number): JsonObject {
  const { operation, params, query } = question;
  let fitted = value;
  if (typeof fitted.number === "number") fitted = renumber(fitted, total - index);
  if (typeof fitted.id === "number" && fitted.full_name === undefined) fitted.id += index;
  if (operation === "issues/list-for-repo" || operation === "pulls/list") fitState(fitted, query, index);
  for (const member of ["name", "login", "filename", "tag_name"] as const) {
    const name = fitted[member];
    if (index > 0 && typeof name === "string" && fitted.full_name === undefined) fitted[member] = suffixed(name, index);
  }
  if (operation === "orgs/list-for-user") fitOrganization(question, fitted, index);
  const commit = params.sha === undefined ? undefined : resolveCommit(question, params.sha);
  if (typeof fitted.head_sha === "string") {
    fitted = fitSha(fitted, "head_sha", commit ?? shaOf("head", question.repository?.id ?? 0, params.id ?? index));
  }
  if (typeof fitted.sha === "string") fitted = fitSha(fitted, "sha", shaOf(operation, question.linkPath, index));
  if (isObject(fitted.commit) && typeof fitted.commit.sha === "string") {
    const name = typeof fitted.name === "string" ? fitted.name : `element-${index}`;
    fitted.commit = fitSha(fitted.commit, "sha", resolveCommit(question, name));
  }
  if (/\/list-(workflow-runs|jobs)/.test(operation)) fitRunStatus(fitted, params, query);
  return fitted;
}

function suffixed(name: string, index: number): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)}-${index}${name.slice(dot)}` : `${name}-${index}`;
}

function renumber(object: JsonObject, number: number): JsonObject {
  const old = typeof object.number === "number" ? object.number : 0;
  const text = JSON.stringify(object).replaceAll(
    new RegExp(`/(issues|pulls|pull|milestones)/${old}(?![0-9])`, "g"),
    `/$1/${number}`,
  );
  return Object.assign(JSON.parse(text) as JsonObject, { number });
}

/** `state=all` mixes; otherwise every element is in the asked state (`open` by default). */
function fitState(object: JsonObject, query: URLSearchParams, index: number): void {
  const asked = query.get("state") ?? "open";
  object.state = asked === "all" ? (index % 3 === 2 ? "closed" : "open") : asked;
  if (object.state === "open") {
    object.closed_at = null;
    if ("merged_at" in object) object.merged_at = null;
  }
}

function fitRunStatus(object: JsonObject, params: Question["params"], query: URLSearchParams): void {
  const asked = query.get("status") ?? "completed";
  const isConclusion = !["completed", "queued", "in_progress", "requested", "waiting", "pending"].includes(asked);
  object.status = isConclusion ? "completed" : asked;
  object.conclusion = isConclusion ? asked : asked === "completed" ? "success" : null;
  if (typeof object.run_id === "number" && params.id !== undefined) object.run_id = Number(params.id);
  if (typeof object.run_attempt === "number" && params.attempt !== undefined)
    object.run_attempt = Number(params.attempt);
}

function fitOrganization({ world, params }: Question, object: JsonObject, index: number): void {
  const organization = world.organizationsOf(params.login ?? "")[index];
  if (organization === undefined) return;
  object.login = organization.login;
  object.id = organization.id;
}

/** RFC 8288 links in GitHub's order. Repository lists name the repository by its id, as GitHub does. */
export function linkHeader(question: Question, page: number, last: number): string | undefined {
  if (last <= 1 && page <= 1) return undefined;
  const relations: readonly (readonly [rel: string, page: number, present: boolean])[] = [
    ["prev", page - 1, page > 1],
    ["next", page + 1, page < last],
    ["last", last, page < last],
    ["first", 1, page > 1],
  ];
  const links = relations
    .filter(([, , present]) => present)
    .map(([rel, target]) => {
      const query = new URLSearchParams(question.query);
      query.set("page", String(target));
      return `<${question.origin}${question.linkPath}?${query}>; rel="${rel}"`;
    });
  return links.join(", ");
}
