/** Diffs and patches of pulls, commits and comparisons from github.com itself: the API's bytes, without its quota. */
import type { WebOrigins, WebPlan, WebQuestion } from "./web-plan.ts";

const PATCH_DIFF = "https://patch-diff.githubusercontent.com";
/** Past either the API answers 406 and github.com does not. */
export const MAX_LINES = 20_000;
export const MAX_FILES = 300;
const NEWLINE = 10;
/** Names that mean the same in a path of github.com as in one of the API; a comparison never leaves the repository. */
const PLAIN_BASEHEAD = /^[A-Za-z0-9_][A-Za-z0-9_./-]*?\.\.\.[A-Za-z0-9_][A-Za-z0-9_./-]*$/;
/** github.com would read it as the ending that picks the format. */
const ENDS_LIKE_A_FORMAT = /\.(diff|patch)$/;
const FIRST_LINE = { diff: /^diff --git /, patch: /^From [0-9a-f]{40,64} / } as const;

export function planDiff(question: WebQuestion, origins: WebOrigins): WebPlan | undefined {
  const { variant, query, owner, repo } = question;
  if ((variant !== "diff" && variant !== "patch") || query !== "") return undefined;
  const subject = subjectOf(question.match.params);
  if (subject === undefined) return undefined;
  const path = `/${owner}/${repo}/${subject}.${variant}`;
  const { githubWebOrigin } = origins;
  return {
    url: githubWebOrigin + path,
    headers: { accept: "text/plain" },
    maxBytes: origins.maxResponseBytes,
    // A stand-in keeps what GitHub has on a host of its own.
    redirectsTo: `${githubWebOrigin === "https://github.com" ? PATCH_DIFF : githubWebOrigin}/raw${path}`,
    contentType: `application/vnd.github.${variant}; charset=utf-8`,
    read: (headers, body) =>
      /^text\/plain\b/i.test(headers.get("content-type") ?? "") && isWhole(body, FIRST_LINE[variant])
        ? body
        : undefined,
  };
}

function subjectOf(params: Readonly<Record<string, string>>): string | undefined {
  const { number, sha, basehead } = params;
  if (number !== undefined) return `pull/${number}`;
  if (sha !== undefined) return `commit/${sha}`;
  const isPlain =
    basehead !== undefined &&
    PLAIN_BASEHEAD.test(basehead) &&
    basehead.split("...").length === 2 &&
    !ENDS_LIKE_A_FORMAT.test(basehead);
  return isPlain ? `compare/${basehead}` : undefined;
}

/** An empty answer is left to the API: whether there is nothing to show or nothing was shown, nobody could tell. */
function isWhole(body: Uint8Array, firstLine: RegExp): boolean {
  if (body.at(-1) !== NEWLINE) return false;
  const text = new TextDecoder().decode(body);
  if (!firstLine.test(text)) return false;
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) if (++lines > MAX_LINES) return false;
  return (text.match(/^diff --git /gm)?.length ?? 0) <= MAX_FILES;
}
