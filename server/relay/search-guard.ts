/**
 * Which searches a pool that allows them may serve (5-identities, Policy): exactly one `repo:`, plain terms, and
 * `type:`, `is:` and `state:` with harmless values. Anything cleverer could reach what only the credential sees.
 */
const REPOSITORY = /^repo:([A-Za-z0-9_.-]+)\/([A-Za-z0-9_.-]+)$/i;
const QUALIFIER = /^(type|is|state):(issue|issues|pr|pull-request|open|closed|merged|unmerged|draft|locked|unlocked)$/i;
/** No colon, quote or bracket, and no leading minus or @ (which names a user): nothing with a meaning to GitHub's search. */
const TERM = /^[\p{L}\p{N}_./#+][\p{L}\p{N}_./#@+-]*$/u;
const OPERATOR = /^(AND|OR|NOT)$/i;
const DOTS = /^\.{1,2}$/;

export type GuardedSearch =
  | { readonly kind: "repository"; readonly owner: string; readonly repo: string }
  | { readonly kind: "plain" }
  | { readonly kind: "denied" };

/** @param scoped true: the row searches within one repository; false: plain words only. */
export function guardSearch(text: string | undefined, scoped: boolean): GuardedSearch {
  // By the plain space only: whether GitHub ends a word at any other white space is not known, so no word may hold one.
  const words = (text ?? "").split(" ").filter((word) => word !== "");
  if (words.length === 0) return { kind: "denied" };
  let found: { owner: string; repo: string } | undefined;
  for (const word of words) {
    const repository = REPOSITORY.exec(word);
    if (repository !== null) {
      if (!scoped || found !== undefined || repository.slice(1).some((name) => DOTS.test(name)))
        return { kind: "denied" };
      found = { owner: (repository[1] ?? "").toLowerCase(), repo: (repository[2] ?? "").toLowerCase() };
    } else if (scoped && QUALIFIER.test(word)) continue;
    else if (!TERM.test(word.normalize("NFKC")) || OPERATOR.test(word)) return { kind: "denied" };
  }
  if (!scoped) return { kind: "plain" };
  return found === undefined ? { kind: "denied" } : { kind: "repository", ...found };
}
