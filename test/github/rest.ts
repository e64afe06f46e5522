import { isObject, isList, type Json } from "./corpus.ts";
import { contentsBody, diffText, fileBytes, isFile, patchText } from "./contents.ts";
import { listPage } from "./list.ts";
import { membershipAnswer, selfAnswer } from "./people.ts";
import { revealed } from "./private-view.ts";
import { resolveCommit, type Question, type WorldAnswer } from "./question.ts";
import { JSON_TYPE, notFound } from "./refusal.ts";
import { singleBody } from "./single.ts";

/** Numbers of issues and pulls above this do not exist, so a missing pull needs no script. */
export const HIGHEST_NUMBER = 90_000;

/** What GitHub answers to a GET whose path is known and whose repository the asker may see. */
export function restAnswer(question: Question): WorldAnswer {
  return revealed(question, publicAnswer(question));
}

function publicAnswer(question: Question): WorldAnswer {
  const { operation, params } = question;
  if (params.number !== undefined && !exists(Number(params.number))) return notFound();
  const redirect = redirectTarget(question);
  if (redirect !== undefined) {
    return {
      status: 302,
      headers: { location: redirect },
      contentType: "text/html;charset=utf-8",
      body: "",
      hasEtag: false,
    };
  }
  switch (operation) {
    case "users/get-authenticated":
    case "users/get-by-id":
      return selfAnswer(question);
    case "issues/check-user-can-be-assigned":
    case "orgs/check-membership-for-user":
    case "orgs/check-public-membership-for-user":
      return membershipAnswer(question);
    case "pulls/check-if-merged":
      return notFound(); // every generated pull is open
    default:
      return mediaAnswer(question) ?? jsonAnswer(question);
  }
}

function exists(number: number): boolean {
  return number >= 1 && number <= HIGHEST_NUMBER;
}

/** Logs, archives and asset bytes lie elsewhere, behind a signed URL that needs no credential. */
function redirectTarget({ operation, params, origin, accept, repository }: Question): string | undefined {
  const signed = (name: string) => `${origin}/_blob/${repository?.id ?? 0}/${name}?sig=stand-in-${params.id}`;
  switch (operation) {
    case "actions/download-job-logs-for-workflow-run":
      return signed(`job-${params.id}.txt`);
    case "actions/download-workflow-run-logs":
      return signed(`run-${params.id}.zip`);
    case "actions/download-workflow-run-attempt-logs":
      return signed(`run-${params.id}-${params.attempt}.zip`);
    case "actions/download-artifact":
      return signed(`artifact-${params.id}.zip`);
    case "repos/get-release-asset":
      return accept.includes("octet-stream") ? signed(`asset-${params.id}.bin`) : undefined;
    default:
      return undefined;
  }
}

function jsonAnswer(question: Question): WorldAnswer {
  const page = listPage(question);
  let body = page?.body ?? handMade(question) ?? singleBody(question);
  if (body === undefined) return notFound();
  if (question.operation === "repos/list-releases" && isList(body)) body = withDraft(question, body);
  const lastModified = lastModifiedOf(body);
  return {
    status: 200,
    contentType: JSON_TYPE,
    body: JSON.stringify(body),
    mediaFormat: "json",
    hasEtag: true,
    ...(page?.link === undefined ? {} : { headers: { link: page.link } }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

function handMade(question: Question): Json | undefined {
  const { operation, params } = question;
  if (operation === "repos/get-content") return contentsBody(question, params.path ?? "");
  if (operation === "repos/get-readme") return contentsBody(question, "README.md");
  if (operation === "repos/get-readme-in-directory") return contentsBody(question, `${params.path}/README.md`);
  return undefined;
}

/** Drafts are for members with push access only. */
function withDraft(question: Question, releases: readonly Json[]): Json {
  const [first] = releases;
  if (question.audience !== "member" || !isObject(first)) return releases;
  const draft = {
    ...first,
    id: 660001,
    tag_name: "v9.9.9",
    name: "Unannounced draft",
    draft: true,
    published_at: null,
  };
  return [draft, ...releases];
}

/** Only single objects carry `last-modified`, and only some kinds. */
function lastModifiedOf(body: Json): string | undefined {
  if (!isObject(body) || typeof body.updated_at !== "string") return undefined;
  const at = Date.parse(body.updated_at);
  return Number.isNaN(at) ? undefined : new Date(at).toUTCString();
}

const DIFFABLE = new Set(["pulls/get", "repos/get-commit", "repos/compare-commits-with-basehead"]);
const FILES = new Set(["repos/get-content", "repos/get-readme", "repos/get-readme-in-directory"]);

/** Answers in another media type than JSON; undefined where the operation does not know the asked one. */
function mediaAnswer(question: Question): WorldAnswer | undefined {
  const { operation, accept, params } = question;
  const words = `${question.repository?.fullName} ${params.number ?? params.sha ?? params.basehead ?? ""}`;
  if (DIFFABLE.has(operation) && /\bdiff\b/.test(accept)) return text(diffText(question, words), "diff");
  if (DIFFABLE.has(operation) && /\bpatch\b/.test(accept)) return text(patchText(question, words), "patch");
  if (operation === "repos/get-commit" && /\bsha\b/.test(accept)) {
    return text(resolveCommit(question, params.sha ?? ""), "sha");
  }
  if (operation === "git/get-blob" && /\braw\b/.test(accept)) return text(fileBytes(question, params.sha ?? ""), "raw");
  if (!FILES.has(operation)) return undefined;
  const path = operation === "repos/get-content" ? (params.path ?? "") : "README.md";
  if (!isFile(path)) return /\bobject\b/.test(accept) ? directoryObject(question, path) : undefined;
  if (/\braw\b/.test(accept)) return text(fileBytes(question, path), "raw");
  if (/\bhtml\b/.test(accept)) return text(`<div id="readme"><h1>${path}</h1></div>`, "html");
  return undefined;
}

function text(body: string | Uint8Array, format: string): WorldAnswer {
  const contentType = `application/vnd.github.v3.${format}; charset=utf-8`;
  return { status: 200, contentType, body, mediaFormat: format, hasEtag: true };
}

function directoryObject(question: Question, path: string): WorldAnswer {
  const body = { type: "dir", name: path, path, entries: contentsBody(question, path) };
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(body), mediaFormat: "object", hasEtag: true };
}
