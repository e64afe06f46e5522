/** What may stand where a template has `{name}` (2-wire, Path parameters). One entry per name, used by every row. */

export interface ParameterRule {
  readonly accepts: (value: string) => boolean;
  /** `%2F` may stand in it (2-wire, path). */
  readonly allowsSlash?: true;
  /** The value means the same in lower case, so that the cache key and the surrogate keys are lower-cased. */
  readonly foldsCase?: true;
}

/** The widest whole number GitHub's ids need; it keeps every id an exact JavaScript number. */
const MAX_DIGITS = 15;
/** GitHub's file and ref names end at 255 bytes; labels and templates far below. */
const MAX_NAME = 255;
const MAX_FILE_PATH = 4096;

const matching =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);
const upTo =
  (longest: number) =>
  (value: string): boolean =>
    value.length <= longest;

const NAME = matching(/^[A-Za-z0-9_.-]{1,100}$/);
/** Without leading zeros: `pulls/007` would be a second cache entry that no webhook's surrogate key ends. */
const WHOLE_NUMBER = matching(new RegExp(`^(?:0|[1-9][0-9]{0,${MAX_DIGITS - 1}})$`));
const FULL_SHA = matching(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i);

/** Exactly 40 or 64 hexadecimal digits: a commit, tree, blob or tag by its whole name. */
export const isFullSha = FULL_SHA;

export const PARAMETERS = {
  owner: { accepts: NAME, foldsCase: true },
  org: { accepts: NAME, foldsCase: true },
  repo: { accepts: NAME, foldsCase: true },
  slug: { accepts: NAME },
  /** Letters, digits and inner hyphens, an enterprise's `_short` suffix, and `[bot]` for an app's user. */
  login: { accepts: matching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}(?:\[bot\])?$/), foldsCase: true },
  number: { accepts: WHOLE_NUMBER },
  id: { accepts: WHOLE_NUMBER },
  attempt: { accepts: matching(/^[1-9][0-9]{0,5}$/) },
  sha: { accepts: FULL_SHA, foldsCase: true },
  /** A full SHA is a `{sha}`; were it a `{ref}` as well, one commit would have two entries. */
  ref: { accepts: (value) => value.length <= MAX_NAME && !FULL_SHA(value), allowsSlash: true },
  branch: { accepts: upTo(MAX_NAME), allowsSlash: true },
  tag: { accepts: upTo(MAX_NAME), allowsSlash: true },
  label: { accepts: upTo(MAX_NAME), allowsSlash: true },
  /** `base...head`; `base..head` is not GitHub's. */
  basehead: { accepts: (value) => value.length <= 2 * MAX_NAME && value.includes("..."), allowsSlash: true },
  path: { accepts: upTo(MAX_FILE_PATH), allowsSlash: true },
  dir: { accepts: upTo(MAX_FILE_PATH), allowsSlash: true },
  gist: { accepts: matching(/^[0-9a-f]{1,64}$/i) },
  ghsa: { accepts: matching(/^GHSA(?:-[0-9a-z]{4}){3}$/i) },
  /** A workflow's id or its file name. Its path is not taken: `%2F` goes to the real `gh`. */
  workflow: { accepts: upTo(MAX_NAME) },
  /** A template's name, such as `C++` or `Objective-C`. */
  template: { accepts: matching(/^[A-Za-z0-9_.+# -]{1,100}$/) },
} as const satisfies Record<string, ParameterRule>;

export type ParameterName = keyof typeof PARAMETERS;

/** True for the name of a parameter that has a rule. */
export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/** The rule of a parameter; a template that names an unknown one is a mistake in the route table and throws at start. */
export function ruleOf(name: string): ParameterRule {
  if (!isParameterName(name)) throw new Error(`The route table names an unknown parameter {${name}}.`);
  return PARAMETERS[name];
}
