/**
 * Files, releases and gists. Evidence: the files of a public repository and its published releases are anybody's, and so
 * is a gist that the anonymous API finds. Drafts are refused by sanitize.ts, whoever may see them.
 */
import { data, extend, fields, type Shape } from "../shape.ts";
import { commitComment, reactions } from "./issues.ts";
import { user } from "./people.ts";
import { license } from "./repositories.ts";

const entry = fields(
  "type encoding size name path content sha url git_url html_url download_url target submodule_git_url",
  { _links: fields("git self html") },
);
const file = extend(entry, "", { entries: entry });

const asset = fields(
  `url browser_download_url id node_id name label state content_type size digest download_count created_at updated_at`,
  { uploader: user },
);

export const release = fields(
  `url html_url assets_url upload_url tarball_url zipball_url discussion_url id node_id tag_name target_commitish name body
   draft prerelease immutable created_at updated_at published_at mentions_count`,
  { author: user, assets: asset, reactions },
);

const changes = fields("total additions deletions");
const gistCommit = fields("version committed_at url", { user, change_status: changes });

const gist = fields(
  `url forks_url commits_url id node_id git_pull_url git_push_url html_url public created_at updated_at description comments
   comments_enabled comments_url truncated`,
  {
    files: data(fields("filename type language raw_url size truncated content encoding")),
    user,
    owner: user,
    history: gistCommit,
    forks: fields("id url created_at updated_at", { user }),
  },
);

export const FILES: Readonly<Record<string, Shape>> = {
  "repos/get-content": file,
  "repos/get-readme": file,
  "repos/get-readme-in-directory": file,
  "licenses/get-for-repo": extend(entry, "", { license }),
  "repos/list-releases": release,
  "repos/get-latest-release": release,
  "repos/get-release-by-tag": release,
  "repos/get-release": release,
  "repos/list-release-assets": asset,
  "repos/get-release-asset": asset,
  "gists/get": gist,
  "gists/get-revision": gist,
  "gists/list-for-user": gist,
  "gists/list-comments": commitComment,
  "gists/list-commits": gistCommit,
};
