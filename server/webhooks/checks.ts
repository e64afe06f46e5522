/**
 * check_run, check_suite, status: facts about a commit, which is asked for by its SHA and by the names of its branches.
 * `sha:` keys stay: what is immutable about the commit has not changed.
 */
import { z } from "zod";
import { checkKey, checksKey, keyOf, suiteKey } from "./keys.ts";
import { commitSha, maybe, named, repositoryEvent, wholeNumber, word } from "./payload.ts";

const suite = maybe(z.object({ id: maybe(wholeNumber), head_sha: maybe(commitSha), head_branch: maybe(word) }));
const run = z.object({ id: maybe(wholeNumber), head_sha: maybe(commitSha), check_suite: suite });

export const checkRun = repositoryEvent({ check_run: maybe(run) }, ({ check_run: check }, repo) => ({
  keys: named(
    checkKey(repo, check?.id),
    suiteKey(repo, check?.check_suite?.id),
    checksKey(repo, check?.head_sha ?? check?.check_suite?.head_sha),
    checksKey(repo, check?.check_suite?.head_branch),
  ),
}));

export const checkSuite = repositoryEvent({ check_suite: suite }, ({ check_suite: of }, repo) => ({
  keys: named(suiteKey(repo, of?.id), checksKey(repo, of?.head_sha), checksKey(repo, of?.head_branch)),
}));

/** GitHub names up to ten branches whose head the commit is. */
export const status = repositoryEvent(
  { sha: maybe(commitSha), branches: maybe(z.array(z.object({ name: maybe(word) })).max(100)) },
  ({ sha, branches }, repo) => ({
    keys: named(checksKey(repo, sha), ...(branches ?? []).map((branch) => checksKey(repo, branch.name))),
  }),
);

/** A deployment has statuses of its own; both are read below one list. */
export const deployment = repositoryEvent({}, (_, repo) => ({ keys: [keyOf("deployments", repo)] }));
