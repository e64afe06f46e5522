/**
 * Surrogate keys as the rows of the route table fill them (shared/routes). `repo` is `owner/repo`, lower-cased.
 * Undefined in, undefined out: a key that cannot be named ends nothing.
 */

type Maybe<T> = T | undefined;

const numbered =
  (kind: string, mark: "#" | "/") =>
  (repo: string, number: Maybe<number>): Maybe<string> =>
    number === undefined ? undefined : `${kind}:${repo}${mark}${number}`;

const at =
  (kind: string) =>
  (repo: string, name: Maybe<string>): Maybe<string> =>
    name === undefined ? undefined : `${kind}:${repo}@${name}`;

export const pullKey = numbered("pull", "#");
export const issueKey = numbered("issue", "#");
export const runKey = numbered("run", "/");
export const jobKey = numbered("job", "/");
export const checkKey = numbered("check", "/");
export const suiteKey = numbered("suite", "/");
/** The name of a branch or tag keeps its case; a SHA is lower-case. */
export const refKey = at("ref");
export const shaKey = at("sha");
export const checksKey = at("checks");

/** Of one repository as a whole. */
export type RepositoryKey =
  | "repo"
  | "visibility"
  | "meta"
  | "stars"
  | "forks"
  | "members"
  | "refs"
  | "pulls"
  | "issues"
  | "labels"
  | "milestones"
  | "runs"
  | "workflows"
  | "releases"
  | "deployments";

export const keyOf = (kind: RepositoryKey, repo: string): string => `${kind}:${repo}`;

/** `main` of `refs/heads/main`, `v1` of `refs/tags/v1`: under either name a row carries the key `ref:…@name`. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}
