/**
 * Files from raw.githubusercontent.com. Only at a full commit SHA, since branches lag there for minutes; only files
 * that a git tree shows as plain ones, since of a symbolic link it gives the target's name; and only where the bytes
 * hash to what that tree says, so that nothing else on the way can have changed them.
 */
import { createHash } from "node:crypto";
import type { PlainFile, WebOrigins, WebPlan, WebQuestion } from "./web-plan.ts";

/** Above it the API leaves the content out; GitHub says "1 MB" and not which, so the smaller one holds. */
export const MAX_INLINE_BYTES = 1_000_000;
const AT_COMMIT = /^ref=([0-9a-f]{40}|[0-9a-f]{64})$/;
/** A small file grows when it is compressed on the way. */
const ENCODING_BYTES = 1_024;
/** The version of the API whose answer is written here; another may say it in other words. */
const API_VERSION = "2022-11-28";
/** How GitHub escapes other characters in its URLs is not documented. */
const PLAIN_PATH = /^[A-Za-z0-9_./-]+$/;
const CONTENT_TYPES = {
  raw: "application/vnd.github.raw+json; charset=utf-8",
  json: "application/json; charset=utf-8",
} as const;

/** The commit a contents question is pinned to. */
export function commitOf(query: string): string | undefined {
  return AT_COMMIT.exec(query)?.[1];
}

export function planRaw(question: WebQuestion, origins: WebOrigins): WebPlan | undefined {
  const { variant, file, owner, repo } = question;
  const path = question.match.params["path"];
  const commit = commitOf(question.query);
  if ((variant !== "raw" && variant !== "json") || path === undefined || commit === undefined) return undefined;
  if (file === undefined || file.fullName.toLowerCase() !== `${owner}/${repo}`.toLowerCase()) return undefined;
  if (file.size > origins.maxResponseBytes) return undefined;
  const isCertain = file.size <= MAX_INLINE_BYTES && PLAIN_PATH.test(path) && question.apiVersion === API_VERSION;
  if (variant === "json" && !isCertain) return undefined;
  return {
    url: `${origins.githubRawOrigin}/${owner}/${repo}/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`,
    headers: { accept: "*/*" },
    maxBytes: file.size + ENCODING_BYTES,
    contentType: CONTENT_TYPES[variant],
    read: (_headers, body) => {
      if (blobSha(body, file.sha) !== file.sha) return undefined;
      return variant === "raw" ? body : contentsOf(body, path, commit, file);
    },
  };
}

/** git's name of a blob, by the hash that the name it is held against was made with. */
export function blobSha(body: Uint8Array, like: string): string {
  return createHash(like.length === 40 ? "sha1" : "sha256")
    .update(`blob ${body.byteLength}\0`)
    .update(body)
    .digest("hex");
}

/** As GitHub writes it, member by member (docs.github.com, "Get repository content"). */
function contentsOf(body: Uint8Array, path: string, commit: string, file: PlainFile): Uint8Array {
  const { sha, fullName } = file;
  const url = `https://api.github.com/repos/${fullName}/contents/${path}?ref=${commit}`;
  const html = `https://github.com/${fullName}/blob/${commit}/${path}`;
  const git = `https://api.github.com/repos/${fullName}/git/blobs/${sha}`;
  const contents = {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    sha,
    size: body.byteLength,
    url,
    html_url: html,
    git_url: git,
    download_url: `https://raw.githubusercontent.com/${fullName}/${commit}/${path}`,
    type: "file",
    content: base64Lines(body),
    encoding: "base64",
    _links: { self: url, git, html },
  };
  return new TextEncoder().encode(JSON.stringify(contents));
}

/** GitHub breaks base64 after 60 characters and ends with a line break. */
export function base64Lines(body: Uint8Array): string {
  return Buffer.from(body)
    .toString("base64")
    .replaceAll(/.{1,60}/g, "$&\n");
}
