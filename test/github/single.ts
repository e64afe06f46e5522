import { corpusText, isList, isObject, type Json, type JsonObject } from "./corpus.ts";
import { fitRepositories, fitSha, fitText, fitVersion } from "./fit.ts";
import { treeBody } from "./contents.ts";
import { refNamed, refsStartingWith, type Ref } from "./refs.ts";
import { ownerOf, resolveCommit, shaOf, type Question } from "./question.ts";

/** The one object an operation answers, fitted to the question; undefined where the corpus has none. */
export function singleBody(question: Question): Json | undefined {
  const text = corpusText(question.operation);
  if (text === undefined) return undefined;
  const body = JSON.parse(fitText(text, question)) as Json;
  fitRepositories(body, question);
  if (isList(body)) return question.operation === "git/list-matching-refs" ? matchingRefs(question, body) : body;
  if (!isObject(body)) return body;
  const fitted = fitOperation(question, fitIdentity(question, body));
  fitVersion(fitted, question.version);
  return fitted;
}

/** Number, id, name and commit as the path asks for them. */
function fitIdentity(question: Question, body: JsonObject): JsonObject {
  const { params, operation } = question;
  let fitted = body;
  if (params.number !== undefined && typeof fitted.number === "number") {
    fitted.number = Number(params.number);
    fitted.id = 1_000_000_000 + (question.repository?.id ?? 0) * 100 + Number(params.number);
  }
  if (params.id !== undefined && typeof fitted.id === "number" && !operation.includes("run-usage")) {
    const old = fitted.id;
    fitted.id = Number(params.id);
    if (typeof fitted.url === "string") fitted.url = fitted.url.replace(new RegExp(`/${old}$`), `/${params.id}`);
  }
  if (typeof fitted.head_sha === "string") {
    fitted = fitSha(fitted, "head_sha", shaOf("head", question.repository?.id ?? 0, params.id ?? "", question.version));
  }
  if (params.sha !== undefined && typeof fitted.sha === "string") {
    fitted = fitSha(fitted, "sha", resolveCommit(question, params.sha));
  }
  return fitted;
}

function fitOperation(question: Question, body: JsonObject): JsonObject {
  const { params, operation, version } = question;
  switch (operation) {
    case "pulls/get":
      return openPull(question, body);
    case "issues/get":
      return Object.assign(body, { state: "open", closed_at: null, title: `Issue ${params.number}` });
    case "actions/get-workflow-run":
    case "actions/get-workflow-run-attempt":
      return Object.assign(body, {
        status: "completed",
        conclusion: "success",
        run_attempt: Number(params.attempt ?? 1),
      });
    case "actions/get-job-for-workflow-run":
      return Object.assign(body, { status: "completed", conclusion: "success", run_id: 30433642 });
    case "actions/get-workflow":
      return /^\d+$/.test(params.workflow ?? "")
        ? Object.assign(body, { id: Number(params.workflow) })
        : Object.assign(body, { path: `.github/workflows/${params.workflow}` });
    case "repos/get-branch":
      return fitBranch(question, body, params.branch ?? "main");
    case "issues/get-label":
      return Object.assign(body, { name: params.label ?? "bug" });
    case "repos/get-release-by-tag":
      return Object.assign(body, { tag_name: params.tag ?? "v1.0.0", draft: false });
    case "repos/get-release":
    case "repos/get-latest-release":
      return Object.assign(body, { draft: false, prerelease: false });
    case "git/get-ref":
      return fitRef(question, body, refNamed(question, `refs/${params.ref ?? "heads/main"}`));
    case "git/get-tree":
      return treeBody(question, params.sha ?? "");
    case "users/get-by-username":
      return fitUser(question, body);
    case "licenses/get":
      return Object.assign(body, { key: (params.slug ?? "mit").toLowerCase() });
    case "gitignore/get-template":
      return Object.assign(body, { name: params.template ?? "C" });
    case "gists/get":
    case "gists/get-revision":
      return Object.assign(body, { id: params.gist ?? "" });
    case "security-advisories/get-global-advisory":
      return Object.assign(body, { ghsa_id: params.ghsa ?? "" });
    case "actions/get-actions-cache-usage":
      return Object.assign(body, { full_name: question.repository?.fullName ?? "", active_caches_count: 3 + version });
    default:
      return body;
  }
}

function openPull(question: Question, body: JsonObject): JsonObject {
  const { repository, params, version } = question;
  const id = repository?.id ?? 0;
  const fitted: JsonObject = Object.assign(body, {
    state: "open",
    title: `Pull ${params.number}: amazing new feature`,
    merged: false,
    merged_at: null,
    closed_at: null,
    merged_by: null,
    locked: false,
    active_lock_reason: null,
  });
  if (isObject(fitted.head)) fitted.head = Object.assign(fitted.head, { sha: pullHead(question, params.number ?? "") });
  if (isObject(fitted.base)) {
    fitted.base = Object.assign(fitted.base, {
      sha: shaOf("base", id, version),
      ref: repository?.defaultBranch ?? "main",
      label: `${repository === undefined ? "" : ownerOf(repository)}:${repository?.defaultBranch ?? "main"}`,
    });
  }
  return fitted;
}

/** The commit at the head of a pull; touching the pull moves it. */
export function pullHead(question: Question, number: string): string {
  const id = question.repository?.id ?? 0;
  return shaOf("pull", id, number, question.version);
}

function fitBranch(question: Question, body: JsonObject, branch: string): JsonObject {
  const commit = isObject(body.commit) ? fitSha(body.commit, "sha", resolveCommit(question, branch)) : body.commit;
  return Object.assign(body, { name: branch, commit: commit ?? null });
}

function fitRef(question: Question, body: JsonObject, { name, sha, type }: Ref): JsonObject {
  const full = question.repository?.fullName ?? "";
  return {
    ...body,
    ref: name,
    node_id: Buffer.from(`Ref:${full}:${name}`).toString("base64"),
    url: `https://api.github.com/repos/${full}/git/${name}`,
    object: { sha, type, url: `https://api.github.com/repos/${full}/git/${type}s/${sha}` },
  };
}

function matchingRefs(question: Question, [sample]: readonly Json[]): Json {
  if (!isObject(sample)) return [];
  return refsStartingWith(question, `refs/${question.params.ref ?? ""}`).map((ref) => fitRef(question, sample, ref));
}

function fitUser({ world, params }: Question, body: JsonObject): JsonObject {
  const user = world.user(params.login ?? "");
  if (user === undefined) return body;
  return Object.assign(body, { login: user.login, id: user.id, name: user.name, type: user.type });
}
