/** push, create, delete, commit_comment: what moves a branch or a tag, and what is said of a commit. */
import { z } from "zod";
import { keyOf, refKey, shaKey, shortRef } from "./keys.ts";
import { commitSha, maybe, named, repositoryEvent, word } from "./payload.ts";

/** GitHub names at most this many commits of a push; of more nobody knows which files they touch. */
const MOST_COMMITS = 2048;
const WORKFLOWS = ".github/workflows/";

const paths = maybe(z.array(z.string()));
const commits = maybe(z.array(z.object({ added: paths, modified: paths, removed: paths })));

/**
 * A push ends everything that names the ref or could walk to it (`refs:`), the repository's own object (its
 * `pushed_at` moved), and the workflows where a commit touches their folder or nobody can tell.
 */
export const push = repositoryEvent(
  { ref: maybe(word), after: maybe(commitSha), forced: maybe(z.boolean()), commits },
  (payload, repo) => ({
    keys: named(
      keyOf("refs", repo),
      keyOf("meta", repo),
      payload.ref !== undefined && refKey(repo, shortRef(payload.ref)),
      shaKey(repo, payload.after),
      mayTouchWorkflows(payload) && keyOf("workflows", repo),
    ),
  }),
);

interface Pushed {
  readonly ref?: string | undefined;
  readonly forced?: boolean | undefined;
  readonly commits?: z.output<typeof commits>;
}

function mayTouchWorkflows({ ref, forced, commits }: Pushed): boolean {
  if (ref?.startsWith("refs/tags/") === true) return false;
  if (forced === true || commits === undefined || commits.length >= MOST_COMMITS) return true;
  return commits.some((commit) =>
    [commit.added, commit.modified, commit.removed].some((files) =>
      files === undefined ? true : files.some((file) => file.startsWith(WORKFLOWS)),
    ),
  );
}

/** A branch or tag that begins or ends; `ref` is its bare name. */
export const createOrDelete = repositoryEvent({ ref: maybe(word) }, ({ ref }, repo) => ({
  keys: named(keyOf("refs", repo), keyOf("meta", repo), ref !== undefined && refKey(repo, shortRef(ref))),
}));

export const commitComment = repositoryEvent(
  { comment: maybe(z.object({ commit_id: maybe(commitSha) })) },
  ({ comment }, repo) => ({ keys: [`comments:${repo}`, ...named(shaKey(repo, comment?.commit_id))] }),
);
