/** The refs of a repository, the same for the REST API and for git. Names are whole: `refs/heads/main`. */
import { resolveCommit, shaOf, type Question } from "./question.ts";

export interface Ref {
  readonly name: string;
  readonly sha: string;
  readonly type: "commit" | "tag";
  /** Of an annotated tag: the commit it leads to. */
  readonly peeled?: string;
}

/** The one annotated tag there is. */
const ANNOTATED = "refs/tags/signed";
const ANYTHING_GOES = /^refs\/(heads|tags)\/./;
const PULL = /^refs\/pull\/(\d+)\/head$/;

/** Where a ref points; every name below heads/ and tags/ exists. Touching the branch, its ref or the pull moves it. */
export function refNamed(question: Question, name: string): Ref {
  const { world, repository } = question;
  const pull = PULL.exec(name)?.[1];
  const full = repository?.fullName ?? "";
  if (pull !== undefined) {
    const version = world.version(`/repos/${full}/pulls/${pull}`);
    return { name, sha: shaOf("pull", repository?.id ?? 0, pull, version), type: "commit" };
  }
  const commit = resolveCommit(question, name.replace(/^refs\//, ""));
  if (name !== ANNOTATED) return { name, sha: commit, type: "commit" };
  return { name, sha: shaOf("tag object", commit), type: "tag", peeled: commit };
}

/** In git's order, which is that of their bytes. */
export function refsStartingWith(question: Question, prefix: string): readonly Ref[] {
  const branch = question.repository?.defaultBranch ?? "main";
  const known = [`refs/heads/${branch}`, "refs/heads/dev", "refs/pull/7/head", "refs/tags/light", ANNOTATED];
  const made = ANYTHING_GOES.test(prefix) ? [prefix, `${prefix}-1`] : PULL.test(prefix) ? [prefix] : [];
  return [...new Set([...known, ...made])]
    .filter((name) => name.startsWith(prefix))
    .toSorted()
    .map((name) => refNamed(question, name));
}
