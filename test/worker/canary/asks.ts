/** What is asked of each row: its example in every media type and shape, and what of it is private as a whole. */
import type { MediaType, RouteSpec } from "../../../shared/routes/spec.ts";
import { HIDDEN_ID, HIDDEN_NUMBER, HIDDEN_TAG, VAULT } from "../../github/private-words.ts";
import type { AskOptions } from "../support/relay.ts";

export interface CanaryAsk extends AskOptions {
  readonly path: string;
}

const REPOSITORY = "octocat/hello-world";
const ACCEPT = (type: MediaType) => ({ accept: `application/vnd.github${type === "json" ? "" : `.${type}`}+json` });
const ACCEPT_AS_IS: Partial<Record<MediaType, string>> = {
  diff: "application/vnd.github.diff",
  patch: "application/vnd.github.patch",
  sha: "application/vnd.github.sha",
  "octet-stream": "application/octet-stream",
};
const FULL_SHA = "0123456789abcdef0123456789abcdef01234567";

/** A row's plain question. */
export function plainAskOf(row: RouteSpec): CanaryAsk {
  return {
    path: row.example,
    query: queryOf(row),
    headers: acceptOf(row.mediaTypes.includes("json") ? "json" : "raw"),
  };
}

/** The same in other media types and lengths of page. */
export function variantAsksOf(row: RouteSpec): readonly CanaryAsk[] {
  const { example: path } = row;
  const query = queryOf(row);
  const types = row.mediaTypes.filter(
    (type) => type !== "json" && !(row.mediaTypes.includes("full") && OF_FULL.has(type)),
  );
  const asks: CanaryAsk[] = types.map((type) => ({ path, query, headers: acceptOf(type) }));
  // A page that is not full may lose elements; a full one may not.
  if (row.references !== undefined && row.query.includes("per_page"))
    for (const per_page of ["100", "2"]) asks.push({ path, query: { ...query, per_page } });
  if (row.transports.includes("raw")) asks.push({ path, query: { ref: FULL_SHA } });
  return asks;
}

export function isPlain({ headers }: CanaryAsk): boolean {
  return headers?.["accept"] === undefined || headers["accept"] === ACCEPT("json").accept;
}

/** `full` holds what `html` and `text` do. */
const OF_FULL: ReadonlySet<MediaType> = new Set(["html", "text"]);

function acceptOf(type: MediaType): Readonly<Record<string, string>> {
  const as = ACCEPT_AS_IS[type];
  return as === undefined ? ACCEPT(type) : { accept: as };
}

function queryOf(row: RouteSpec): Readonly<Record<string, string>> {
  if (!row.query.includes("q")) return {};
  return { q: row.surrogateKeys.length > 1 ? `repo:${REPOSITORY} bug` : "relay" };
}

/** Questions to which the public is answered 404: the draft, the pending review, the parent that is private. */
export function hiddenAsksOf(row: RouteSpec): readonly CanaryAsk[] {
  const words: Readonly<Record<string, string>> = {
    "/repos/{owner}/{repo}/issues/{number}/parent": `/issues/${HIDDEN_NUMBER}/parent`,
    "/repos/{owner}/{repo}/issues/events/{id}": `/issues/events/${HIDDEN_ID}`,
    "/repos/{owner}/{repo}/pulls/{number}/reviews/{id}": `/pulls/42/reviews/${HIDDEN_ID}`,
    "/repos/{owner}/{repo}/pulls/{number}/reviews/{id}/comments": `/pulls/42/reviews/${HIDDEN_ID}/comments`,
    "/repos/{owner}/{repo}/releases/{id}": `/releases/${HIDDEN_ID}`,
    "/repos/{owner}/{repo}/releases/{id}/assets": `/releases/${HIDDEN_ID}/assets`,
    "/repos/{owner}/{repo}/releases/assets/{id}": `/releases/assets/${HIDDEN_ID}`,
    "/repos/{owner}/{repo}/releases/tags/{tag}": `/releases/tags/${HIDDEN_TAG}`,
  };
  const path = words[row.template];
  return path === undefined ? [] : [{ path: `/repos/${REPOSITORY}${path}` }];
}

/** The same question about a repository that is private. */
export function vaultAsksOf(row: RouteSpec): readonly CanaryAsk[] {
  if (row.query.includes("q")) {
    return row.surrogateKeys.length > 1 ? [{ path: row.example, query: { q: `repo:${VAULT} bug` } }] : [];
  }
  return row.example.includes(REPOSITORY) ? [{ path: row.example.replace(REPOSITORY, VAULT) }] : [];
}
