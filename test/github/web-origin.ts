import { createHash } from "node:crypto";
import type { Ask, Outcome } from "./ask.ts";
import { isUnchanged } from "./conditional.ts";
import { diffText, isFile, patchText, rawBytes } from "./contents.ts";
import { gitOutcome } from "./git-http.ts";
import { decodeSegments } from "./match-template.ts";
import { authorize, exchange } from "./oauth.ts";
import type { Question } from "./question.ts";
import { scriptedBody } from "./script-book.ts";
import type { StandInState } from "./state.ts";
import type { Repository } from "./world.ts";

/**
 * github.com, raw.githubusercontent.com (under `/_raw`, and where the third segment is a full SHA),
 * patch-diff.githubusercontent.com (its own paths begin with `/raw`) and the signed blob stores (under `/_blob`): no
 * API quota, no user agent needed, credentials ignored. Undefined where the path is none of theirs.
 */
export function webOutcome(state: StandInState, ask: Ask): Outcome | undefined {
  const script = state.scripts.take({ ...ask, credential: ask.credentialName });
  if (script !== undefined) {
    const { bytes, contentType } = scriptedBody(script);
    const headers = { "content-type": script.content_type ?? contentType, ...state.scriptHeaders(script, ask) };
    const transfer = state.scriptTransfer(script);
    return { status: script.status ?? 200, headers, body: bytes, charged: 0, resource: null, ...transfer };
  }
  if (ask.path.startsWith("/_blob/")) return blobOutcome(ask);
  if (ask.path === "/login/oauth/authorize") return authorize(state, ask);
  if (ask.path === "/login/oauth/access_token" && ask.method === "POST") return exchange(state, ask);
  const git = gitOutcome(state.world, ask, (repository, resource) => questionAbout(state, repository, ask, resource));
  if (git !== undefined) return git;
  if (ask.method !== "GET" && ask.method !== "HEAD") return undefined;
  if (RAW_PATH.test(ask.path)) return rawOutcome(state, ask);
  return diffOutcome(state, ask);
}

function blobOutcome(ask: Ask): Outcome {
  if (!ask.query.has("sig")) return text(403, "AuthenticationFailed: the signature is missing\n");
  // Azure refuses a signed URL that comes with an Authorization header; so a leaked credential shows.
  if (ask.headers.authorization !== undefined) return text(400, "InvalidAuthenticationInfo\n");
  const name = ask.path.split("/").at(-1) ?? "";
  if (name.endsWith(".zip")) {
    // An empty archive: the end-of-central-directory record alone.
    return outcome(200, Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]), "application/zip");
  }
  const lines = Array.from(
    { length: 40 },
    (_, line) => `2024-02-01T10:00:${String(line).padStart(2, "0")}.0000000Z ${name}: step ${line} ok`,
  );
  return text(200, `${lines.join("\n")}\n`);
}

const RAW_PATH = /^\/_raw\/|^\/[^/]+\/[^/]+\/(?:[0-9a-f]{40}|[0-9a-f]{64})\/./;

function rawOutcome(state: StandInState, ask: Ask): Outcome {
  const [, owner = "", name = "", ref = "", path = ""] =
    /^(?:\/_raw)?\/([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/.exec(ask.path) ?? [];
  const repository = state.world.repository(`${decodeSegments(owner)}/${decodeSegments(name)}`);
  const file = decodeSegments(path);
  if (repository?.visibility !== "public" || ref === "" || !isFile(file)) return text(404, "404: Not Found");
  const bytes = rawBytes(questionAbout(state, repository, ask, `contents/${file}`), file);
  return conditional(ask, outcome(200, bytes, "text/plain; charset=utf-8"), "max-age=300");
}

const DIFF_PATH = /^(\/raw)?\/([^/]+)\/([^/]+)\/(pull|commit|compare)\/(.+)\.(diff|patch)$/;
const API_NAME = { pull: "pulls", commit: "commits", compare: "compare" } as const;

function diffOutcome(state: StandInState, ask: Ask): Outcome | undefined {
  const [, isPatchDiff, owner = "", name = "", family, rest = "", format] = DIFF_PATH.exec(ask.path) ?? [];
  if (family !== "pull" && family !== "commit" && family !== "compare") return undefined;
  const asked = `${decodeSegments(owner)}/${decodeSegments(name)}`;
  const repository = state.world.repository(asked);
  if (repository?.visibility !== "public") return text(404, "Not Found");
  if (repository.fullName.toLowerCase() !== asked.toLowerCase()) {
    const location = `${ask.origin}/${repository.fullName}/${family}/${rest}.${format}`;
    return { status: 301, headers: { location }, body: new Uint8Array(), charged: 0, resource: null };
  }
  // Diffs of pulls lie on a host of their own.
  if (family === "pull" && isPatchDiff === undefined) {
    const headers = { location: `${ask.origin}/raw${ask.path}`, "content-type": "text/html; charset=utf-8" };
    return { status: 302, headers, body: new Uint8Array(), charged: 0, resource: null };
  }
  const subject = decodeSegments(rest);
  const question = questionAbout(state, repository, ask, `${API_NAME[family]}/${subject}`);
  const words = `${repository.fullName} ${subject}`;
  const body = format === "diff" ? diffText(question, words) : patchText(question, words);
  return conditional(ask, text(200, body), "max-age=0, private, must-revalidate");
}

/** A question whose version is that of the API resource, so that both origins change together. */
function questionAbout(state: StandInState, repository: Repository, ask: Ask, resource: string): Question {
  return {
    world: state.world,
    operation: "web",
    params: {},
    query: ask.query,
    accept: "*/*",
    repository,
    audience: "public",
    version: state.world.version(`/repos/${repository.fullName}/${resource}`),
    linkPath: ask.path,
    origin: ask.origin,
  };
}

function conditional(ask: Ask, full: Outcome, cacheControl: string): Outcome {
  const etag = `"${createHash("sha256").update(full.body).digest("hex")}"`;
  const headers = { ...full.headers, etag, "cache-control": cacheControl };
  const unchanged = full.status === 200 && isUnchanged(ask.headers, { etag });
  return unchanged ? { ...full, status: 304, headers, body: new Uint8Array() } : { ...full, headers };
}

function text(status: number, body: string): Outcome {
  return outcome(status, Buffer.from(body), "text/plain; charset=utf-8");
}

function outcome(status: number, body: Uint8Array, contentType: string): Outcome {
  return { status, headers: { "content-type": contentType }, body, charged: 0, resource: null };
}
