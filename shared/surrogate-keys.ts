/** Match to surrogate keys: the names under which a webhook or an operator ends what was stored for it. */
import type { RouteMatch } from "./route-match.ts";
import { ruleOf } from "./routes/parameters.ts";

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

const PLACEHOLDER = /\{([a-z]+)\}/g;
/** What git's revision syntax and GitHub's short forms give another meaning than "the branch of this name". */
const NOT_A_BRANCH = /^(?:refs|tags|remotes|pull)\/|^(?:HEAD|@)$|^-|[~^:?*[\\\s]|@\{|\.\./;

/**
 * The branch that a git ref names, without `refs/heads/` or `heads/`; undefined for anything that is not plainly a
 * branch (`tags/v1`, `HEAD`, `main~2`). A tag under its bare name cannot be told from a branch and passes.
 */
export function plainBranch(ref: string): string | undefined {
  const name = ref.replace(/^(?:refs\/)?heads\//, "");
  return name === "" || NOT_A_BRANCH.test(name) ? undefined : name;
}

/**
 * The row's surrogate keys, filled. Keys that name a `{ref}` are left out where it is not plainly a branch: `refs:`,
 * which every push ends, holds those. Search rows take the keys of the repository that their `q` names; without one
 * they keep `search` alone. Throws on a match by repository id, or of `/user`, that was not resolved.
 */
export function surrogateKeysOf(match: RouteMatch, searchRepository?: RepositoryName): readonly string[] {
  if (match.repositoryId !== undefined && match.owner === undefined)
    throw new Error("Resolve the repository id first.");
  if (match.self === true && match.params["login"] === undefined) throw new Error("Resolve the caller's login first.");
  const values = { ...match.params, ...(match.owner === undefined ? searchRepository : undefined) };
  const keys: string[] = [];
  for (const template of match.route.surrogateKeys) {
    const key = fillKey(template, values);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** Undefined where a value is missing or does not name one thing. */
function fillKey(template: string, values: Readonly<Record<string, string>>): string | undefined {
  let missing = false;
  const key = template.replace(PLACEHOLDER, (_whole, name: string) => {
    const given = values[name];
    const value = name === "ref" && given !== undefined ? plainBranch(given) : given;
    if (value === undefined) missing = true;
    return value === undefined ? "" : fold(name, value);
  });
  return missing ? undefined : key;
}

const fold = (name: string, value: string): string => (ruleOf(name).foldsCase === true ? value.toLowerCase() : value);

/** Every entry carries its own path as a key, so that one path can be purged in all its variants. */
export const pathKeyOf = (match: RouteMatch): string => `path:${match.canonicalPath}`;

const KEY_OF_REPOSITORY = /^[a-z]+:([^/@#\s]+\/[^/@#\s]+)/;
const PATH_OF_REPOSITORY = /^path:\/(?:repos|networks)\/([^/\s]+\/[^/\s]+)/;

/** What one epoch row covers: the repository a key belongs to, else `*`, the whole pool. */
export function scopeOfKey(key: string): string {
  const [, repository] = (key.startsWith("path:") ? PATH_OF_REPOSITORY : KEY_OF_REPOSITORY).exec(key) ?? [];
  return repository?.toLowerCase() ?? "*";
}
