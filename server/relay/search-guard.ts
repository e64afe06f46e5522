/**
 * Which searches a pool that allows them may serve (5-identities, Policy): exactly one `repo:`, plain terms, and
 * `type:`, `is:` and `state:` with harmless values. Anything cleverer could reach what only the credential sees.
 */
const REPOSITORY = /^repo:([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/i;
const QUALIFIER = /^(type|is|state):(issue|issues|pr|pull-request|open|closed|merged|unmerged|draft|locked|unlocked)$/i;
/** No colon, quote, bracket or leading minus: none of these has a meaning to GitHub's search. */
const TERM = /^[\p{L}\p{N}_./#@+][\p{L}\p{N}_./#@+-]*$/u;
const OPERATOR = /^(AND|OR|NOT)$/;

export type GuardedSearch =
  | { readonly kind: "repository"; readonly owner: string; readonly repo: string }
  | { readonly kind: "plain" }
  | { readonly kind: "denied" };

/** @param scoped true: the row searches within one repository; false: plain words only. */
export function guardSearch(text: string | undefined, scoped: boolean): GuardedSearch {
  const words = (text ?? "").split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { kind: "denied" };
  let found: { owner: string; repo: string } | undefined;
  for (const word of words) {
    const repository = REPOSITORY.exec(word);
    if (repository !== null) {
      if (!scoped || found !== undefined) return { kind: "denied" };
      found = { owner: (repository[1] ?? "").toLowerCase(), repo: (repository[2] ?? "").toLowerCase() };
    } else if (scoped && QUALIFIER.test(word)) continue;
    else if (!TERM.test(word) || OPERATOR.test(word)) return { kind: "denied" };
  }
  if (!scoped) return { kind: "plain" };
  return found === undefined ? { kind: "denied" } : { kind: "repository", ...found };
}
