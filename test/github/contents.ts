import { createHash } from "node:crypto";
import type { Json } from "./corpus.ts";
import { resolveCommit, shaOf, type Question } from "./question.ts";

/** The bytes of a file: deterministic, and different after a touch. */
export function fileBytes(question: Question, path: string): Buffer {
  const { repository, version } = question;
  const lines = [
    `# ${path}`,
    "",
    `This is ${path} of ${repository?.fullName ?? ""}.`,
    ...(version > 0 ? [`Revision ${version}.`] : []),
    "",
  ];
  return Buffer.from(lines.join("\n"));
}

/** The git object id of a file: SHA-1 of `blob <length>\0<bytes>`. */
export function blobSha(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Every path of a tree: mode, and whether the API follows it. A submodule's commit is nobody's file. */
const TREE = [
  ["LINK.md", "120000"],
  ["README.md", "100644"],
  ["bin", "040000"],
  ["bin/run.sh", "100755"],
  ["src", "040000"],
  ["src/index.ts", "100644"],
  ["vendored", "160000"],
] as const;
const LINK_TARGET = "README.md";

/** What raw.githubusercontent.com has: of a symbolic link its target's name. */
export function rawBytes(question: Question, path: string): Buffer {
  return path.endsWith("LINK.md") ? Buffer.from(LINK_TARGET) : fileBytes(question, path);
}

/** `GET …/git/trees/{sha}`; with any value of `recursive` all the way down. */
export function treeBody(question: Question, sha: string): { [member: string]: Json } {
  const full = question.repository?.fullName ?? "";
  const base = `https://api.github.com/repos/${full}/git`;
  const isWhole = question.query.has("recursive");
  const tree = TREE.filter(([path]) => isWhole || !path.includes("/")).map(([path, mode]): Json => {
    const type = mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob";
    if (type !== "blob") return { path, mode, type, sha: shaOf(type, full, path), url: `${base}/${type}s/${path}` };
    const version = question.world.version(`/repos/${full}/contents/${path}`);
    const bytes = rawBytes({ ...question, version }, path);
    const id = blobSha(bytes);
    return { path, mode, type, sha: id, size: bytes.length, url: `${base}/blobs/${id}` };
  });
  return { sha, url: `${base}/trees/${sha}`, tree, truncated: false };
}

/** Whether a path names a file. Names without a dot are directories, except the customary capitalised ones. */
export function isFile(path: string): boolean {
  const last = path.split("/").at(-1) ?? "";
  return last.includes(".", 1) || /^[A-Z]{4,}$/.test(last) || ["Makefile", "Dockerfile", ".gitignore"].includes(last);
}

/** `GET …/contents/{path}` in JSON: an object for a file, a list for a directory. */
export function contentsBody(question: Question, path: string): Json {
  if (isFile(path)) return fileEntry(question, path, true);
  const inside = (name: string) => (path === "" ? name : `${path}/${name}`);
  return [
    fileEntry(question, inside("README.md"), false),
    fileEntry(question, inside("index.ts"), false),
    { ...entryBase(question, inside("src"), shaOf("tree", question.linkPath), "tree"), size: 0, type: "dir" },
  ];
}

function fileEntry(question: Question, path: string, withContent: boolean): { [member: string]: Json } {
  const bytes = fileBytes(question, path);
  const sha = blobSha(bytes);
  const ref = question.query.get("ref") ?? question.repository?.defaultBranch ?? "main";
  const entry = {
    ...entryBase(question, path, sha, "blob"),
    size: bytes.length,
    download_url: `https://raw.githubusercontent.com/${question.repository?.fullName ?? ""}/${ref}/${encode(path)}`,
    type: "file",
  };
  return withContent ? { ...entry, content: base64Lines(bytes), encoding: "base64" } : entry;
}

function entryBase(question: Question, path: string, sha: string, object: "blob" | "tree"): { [member: string]: Json } {
  const full = question.repository?.fullName ?? "";
  const ref = question.query.get("ref") ?? question.repository?.defaultBranch ?? "main";
  const url = `https://api.github.com/repos/${full}/contents/${encode(path)}?ref=${encodeURIComponent(ref)}`;
  const html = `https://github.com/${full}/${object}/${ref}/${encode(path)}`;
  const git = `https://api.github.com/repos/${full}/git/${object}s/${sha}`;
  return {
    name: path.split("/").at(-1) ?? path,
    path,
    sha,
    url,
    html_url: html,
    git_url: git,
    download_url: null,
    _links: { self: url, git, html },
  };
}

function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** GitHub breaks base64 after 60 characters and ends with a line break. */
function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll(/.{1,60}/g, "$&\n");
}

/** A unified diff of one file, the same through the API and through the web origin. */
export function diffText(question: Question, words: string): string {
  const before = shaOf("before", words).slice(0, 7);
  const after = shaOf("after", words, question.version).slice(0, 7);
  return [
    "diff --git a/src/index.ts b/src/index.ts",
    `index ${before}..${after} 100644`,
    "--- a/src/index.ts",
    "+++ b/src/index.ts",
    "@@ -1,3 +1,4 @@",
    ' import { serve } from "./serve.ts";',
    `-serve(${words.length});`,
    `+// ${words}`,
    `+serve(${words.length + 1 + question.version});`,
    " ",
    "",
  ].join("\n");
}

/** The same change as `git format-patch` writes it. */
export function patchText(question: Question, words: string): string {
  return [
    `From ${resolveCommit(question, words)} Mon Sep 17 00:00:00 2001`,
    "From: The Octocat <octocat@github.com>",
    "Date: Tue, 10 Oct 2023 16:00:00 +0000",
    `Subject: [PATCH] Change ${words}`,
    "",
    "---",
    " src/index.ts | 3 ++-",
    " 1 file changed, 2 insertions(+), 1 deletion(-)",
    "",
    diffText(question, words) + "-- ",
    "2.45.2",
    "",
    "",
  ].join("\n");
}
