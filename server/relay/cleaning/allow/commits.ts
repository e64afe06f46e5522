/**
 * Commits, comparisons and git objects. Evidence: the bytes of a public commit are anybody's, its author's address
 * included; the accounts beside them are `simple-user`; `GET …/commits/{sha}` without a credential shows these fields.
 */
import { extend, fields, type Shape } from "../shape.ts";
import { user } from "./people.ts";

const signature = fields("name email date");
export const verification = fields("verified reason signature payload verified_at");
export const sha = fields("sha url html_url");

export const changedFile = fields(
  "sha filename previous_filename status additions deletions changes blob_url raw_url contents_url patch",
);

export const commit = fields("url sha node_id html_url comments_url", {
  commit: fields("url message comment_count", {
    author: signature,
    committer: signature,
    tree: sha,
    verification,
  }),
  author: user,
  committer: user,
  parents: sha,
  stats: fields("additions deletions total"),
  files: changedFile,
});

export const gitCommit = fields("sha node_id url html_url message", {
  author: signature,
  committer: signature,
  tree: sha,
  parents: sha,
  verification,
});

const gitObject = fields("type sha url");
const reference = fields("ref node_id url", { object: gitObject });
const checks = fields("enforcement_level contexts", { checks: fields("context app_id") });

/** Who may push past a protected branch (`restrictions`) is shown to administrators. */
const branch = fields("name protected protection_url", {
  commit,
  protection: fields("enabled", { required_status_checks: checks }),
  _links: fields("self html"),
});

export const COMMITS: Readonly<Record<string, Shape>> = {
  "repos/list-commits": commit,
  "repos/get-commit": commit,
  "pulls/list-commits": commit,
  "pulls/list-files": changedFile,
  "repos/compare-commits-with-basehead": fields(
    "url html_url permalink_url diff_url patch_url status ahead_by behind_by total_commits",
    { base_commit: commit, merge_base_commit: commit, commits: commit, files: changedFile },
  ),
  "repos/list-branches": branch,
  "repos/get-branch": branch,
  "repos/list-branches-for-head-commit": branch,
  "repos/list-tags": fields("name zipball_url tarball_url node_id", { commit: sha }),
  "git/get-ref": reference,
  "git/list-matching-refs": reference,
  "git/get-blob": fields("content encoding url sha size node_id"),
  "git/get-commit": gitCommit,
  "git/get-tag": fields("node_id tag sha url message", {
    tagger: signature,
    object: gitObject,
    verification,
  }),
  "git/get-tree": fields("sha url truncated", { tree: fields("path mode type size sha url") }),
  "search/commits": fields("total_count incomplete_results", {
    items: extend(commit, "score"),
  }),
};
