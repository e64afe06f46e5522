/** An answer as the asker is told it while the canary is planted; without one nothing here is called. */
import { isList, isObject, type Json, type JsonObject } from "./corpus.ts";
import { moreElements } from "./private-elements.ts";
import { addUnlisted, grant, nest, withhold } from "./private-fields.ts";
import { draftRelease, privateEvent, privateIssue } from "./private-objects.ts";
import { belongs, HIDDEN_ID, HIDDEN_NUMBER, HIDDEN_TAG, viewerOf, type Viewer } from "./private-words.ts";
import type { Question, WorldAnswer } from "./question.ts";
import { notFound } from "./refusal.ts";

/** Objects whose members are data, not fields: no allowlist can name them. */
const DATA_ROOTS = new Set(["emojis/get", "repos/list-languages"]);
const DATA_MEMBERS = new Set(["files", "billable", "payload", "ssh_key_fingerprints", "domains"]);
/** Elements of a list that differ from the public's; the others would only be more of the same. */
const MARKED_ELEMENTS = 3;

export function revealed(question: Question, answer: WorldAnswer): WorldAnswer {
  const { canary } = question.world;
  if (canary === undefined) return answer;
  const viewer = viewerOf(canary, question.login);
  const headers = { ...answer.headers, ...headersFor(viewer) };
  if (isHidden(question) && !belongs(viewer)) return { ...notFound(), headers };
  return { ...answer, headers, body: bodyFor(question, answer, viewer) };
}

function bodyFor(question: Question, answer: WorldAnswer, viewer: Viewer): WorldAnswer["body"] {
  const isPrivate = question.repository?.visibility === "private";
  if (answer.contentType?.includes("json") !== true || typeof answer.body !== "string") {
    // Files and diffs of a public repository are the same for all; of a private one every byte is private.
    return isPrivate ? `${String(answer.body)}\n${viewer.say("private_file")}\n` : answer.body;
  }
  const asked = JSON.parse(answer.body) as Json;
  tell(asked, question.operation, viewer);
  const told = withElements(question, asHidden(question, asked, viewer), viewer);
  if (isPrivate) spellOut(told, viewer);
  return JSON.stringify(told);
}

/** What GitHub sends a credential beside the body; none of it is the public's. */
function headersFor({ grade, say }: Viewer): Record<string, string> {
  if (grade === "public") return {};
  return {
    "x-github-sso": `partial-results; organizations=${say("sso_organization")}`,
    "x-accepted-github-permissions": say("accepted_permissions"),
    "x-oauth-client-id": say("oauth_client"),
    "x-github-workspace": say("unlisted_header"),
    "set-cookie": `_gh_sess=${say("session_cookie")}; path=/; secure; HttpOnly`,
  };
}

function isHidden({ operation, params }: Question): boolean {
  if (operation === "issues/get-parent") return params.number === HIDDEN_NUMBER;
  if (operation === "repos/get-release-by-tag") return params.tag === HIDDEN_TAG;
  return (
    params.id === HIDDEN_ID &&
    /^(issues\/get-event|pulls\/(get-review|list-comments-for-review)|.*release.*)$/.test(operation)
  );
}

/** The one thing asked for is private as a whole. */
function asHidden(question: Question, body: Json, viewer: Viewer): Json {
  if (!isHidden(question)) return body;
  if (question.operation === "issues/get-parent") return privateIssue(viewer, true);
  if (question.operation === "issues/get-event") {
    return privateEvent(viewer, "cross-referenced", { source: { type: "issue", issue: privateIssue(viewer, true) } });
  }
  if (question.operation === "pulls/get-review" && isObject(body)) {
    return { ...body, state: "PENDING", body: viewer.say("pending_review"), submitted_at: null };
  }
  if (isObject(body) && "tag_name" in body) return draftRelease(viewer, body);
  if (isList(body))
    return body.map((each) => (isObject(each) ? { ...each, body: viewer.say("pending_comment") } : each));
  return isObject(body) ? { ...body, name: viewer.say("draft_asset") } : body;
}

/** The first page begins with what only this asker finds. */
function withElements({ operation, query }: Question, body: Json, viewer: Viewer): Json {
  if ((query.get("page") ?? "1") !== "1") return body;
  const isWrapped = isObject(body) && typeof body.total_count === "number" && isList(body.items);
  const list = isWrapped ? body.items : body;
  if (!isList(list)) return body;
  const more = moreElements(operation, viewer, list[0]);
  walk([...more], "", (object) => addUnlisted(object, viewer));
  if (!isWrapped) return [...more, ...list];
  return { ...body, total_count: Number(body.total_count) + more.length, items: [...more, ...list] };
}

function tell(body: Json, operation: string, viewer: Viewer): void {
  walk(body, "", (object, key, isMarked) => {
    withhold(object);
    if (!isMarked) return;
    nest(object, viewer);
    grant(object, viewer);
    // What an App may do is named by GitHub's products, not by its fields.
    const isData = key === "" ? DATA_ROOTS.has(operation) : DATA_MEMBERS.has(key) || isAppPermissions(object, key);
    if (!isData) addUnlisted(object, viewer);
  });
}

function isAppPermissions(object: JsonObject, key: string): boolean {
  return key === "permissions" && !("pull" in object);
}

type Visit = (object: JsonObject, key: string, isMarked: boolean) => void;

/** Objects from the leaves up, so that what a visit adds is not visited. */
function walk(value: Json, key: string, visit: Visit, isMarked = true): void {
  if (isList(value)) {
    for (const [index, each] of value.entries()) walk(each, key, visit, isMarked && index < MARKED_ELEMENTS);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) walk(member, name, visit, isMarked);
  visit(value, key, isMarked);
}

const WORDED = new Set(["title", "body", "name", "message", "description", "summary", "text", "label", "content"]);

/** In an answer of the private repository itself every word is private. */
function spellOut(body: Json, viewer: Viewer): void {
  walk(body, "", (object) => {
    for (const [name, value] of Object.entries(object)) {
      if (WORDED.has(name) && typeof value === "string") object[name] = viewer.say(`private_${name}`);
    }
  });
}
