/** The query of `POST /v1/github/request`, checked against the row: what GitHub is sent, and what the cache key holds. */
import { isUnfilled } from "./route-path.ts";
import type { RouteSpec } from "./routes/spec.ts";

export { acceptVariant } from "./route-accept.ts";
export type { AcceptVariant } from "./route-accept.ts";

export type QueryValues = Readonly<Record<string, string | readonly string[]>>;
export type QueryPair = readonly [key: string, value: string];

export type CheckedQuery =
  | {
      readonly kind: "ok";
      /** The caller's pairs, sorted by key; a repeated key keeps the caller's order, since GitHub may heed it. */
      readonly upstream: readonly QueryPair[];
      /** The same with GitHub's defaults folded away: two spellings of one question are one. */
      readonly canonical: readonly QueryPair[];
      /** Ours, under `actions-summary-v1`: how many elements the answer is cut to. */
      readonly limit?: number;
    }
  | { readonly kind: "invalid_query" | "route_denied" | "pagination_exhausted"; readonly why: string };

export const MAX_QUERY_PAIRS = 32;
export const MAX_QUERY_VALUE_CHARACTERS = 1024;
/** Elements a list is served down to. Deeper pages are crawls, which the caller's own quota may pay. */
export const MAX_LIST_DEPTH = 20_000;

/** GitHub's documented bounds ("Using pagination in the REST API"). */
const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;
const SUMMARY_SHAPE = "actions-summary-v1";
/** 2-wire allows any length; the longest GitHub names is far shorter, and a refusal repeats the name. */
const KEY = /^[A-Za-z0-9_.-]{1,64}$/;
const SECRET_BEARING = /token|secret|password|passwd|api_key|apikey|access_key|private_key/i;
const POSITIVE_NUMBER = /^[1-9][0-9]{0,8}$/;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Checks every pair against the row. A key that may carry a secret is the caller's mistake, wherever it stands; the
 * rest is refused with `route_denied`, for a free parameter is a way to make endless misses. Never throws, and no
 * reason repeats a value. `shape` is the `x-octopool-public-shape` header.
 */
export function checkQuery(route: RouteSpec, query: QueryValues, shape?: string): CheckedQuery {
  const keys = Object.keys(query);
  if (keys.some((key) => SECRET_BEARING.test(key))) {
    return { kind: "invalid_query", why: "a query parameter looks like it carries a secret" };
  }
  const pairs: QueryPair[] = [];
  let limit: number | undefined;
  for (const key of keys.toSorted()) {
    const given = query[key] ?? [];
    const values = typeof given === "string" ? [given] : given;
    const ownLimit = isOwnLimit(route, key, shape);
    const why = flawOfKey(route, key, ownLimit) ?? flawOfValues(key, values);
    if (why !== undefined) return { kind: "route_denied", why };
    if (ownLimit) limit = Number(values[0]);
    else for (const value of values) pairs.push([key, value]);
  }
  if (pairs.length > MAX_QUERY_PAIRS) return { kind: "route_denied", why: "the query has too many parameters" };
  if (depthOf(pairs) > MAX_LIST_DEPTH)
    return { kind: "pagination_exhausted", why: "the page lies too deep in the list" };
  const canonical = route.wholeWithoutPaging === true ? pairs : foldDefaults(pairs);
  return { kind: "ok", upstream: pairs, canonical, ...(limit === undefined ? {} : { limit }) };
}

const isOwnLimit = (route: RouteSpec, key: string, shape: string | undefined): boolean =>
  key === "limit" && shape === SUMMARY_SHAPE && route.query.includes("per_page");

function flawOfKey(route: RouteSpec, key: string, ownLimit: boolean): string | undefined {
  if (!KEY.test(key)) return "a query parameter's name is not plain";
  return ownLimit || route.query.includes(key) ? undefined : `the relay does not take the query parameter ${key} here`;
}

function flawOfValues(key: string, values: readonly string[]): string | undefined {
  const isNumber = key === "page" || key === "per_page" || key === "limit";
  if (isNumber && values.length !== 1) return `${key} must be given once`;
  for (const value of values) {
    if (value.length > MAX_QUERY_VALUE_CHARACTERS) return `the value of ${key} is too long`;
    if (LONE_SURROGATE.test(value)) return `the value of ${key} is no Unicode text`;
    if (isUnfilled(value)) return `the value of ${key} is an unfilled placeholder`;
    if (isNumber && !POSITIVE_NUMBER.test(value)) return `${key} must be a whole number from 1`;
  }
  return undefined;
}

const numberOf = (pairs: readonly QueryPair[], wanted: string): number | undefined => {
  const pair = pairs.find(([key]) => key === wanted);
  return pair === undefined ? undefined : Number(pair[1]);
};

/** How many elements lie up to the end of the page asked for. GitHub clamps `per_page` to 100. */
function depthOf(pairs: readonly QueryPair[]): number {
  const perPage = Math.min(numberOf(pairs, "per_page") ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  return (numberOf(pairs, "page") ?? 1) * perPage;
}

function foldDefaults(pairs: readonly QueryPair[]): readonly QueryPair[] {
  const folded: QueryPair[] = [];
  for (const [key, value] of pairs) {
    if (key === "page" && value === "1") continue;
    if (key === "per_page" && Number(value) === DEFAULT_PER_PAGE) continue;
    folded.push(key === "per_page" && Number(value) > MAX_PER_PAGE ? [key, String(MAX_PER_PAGE)] : [key, value]);
  }
  return folded;
}
