/** Ask to Route, by the table: path, query and media type must all be the row's. */
import { RelayError } from "../../shared/errors.ts";
import { acceptVariant, type AcceptVariant } from "../../shared/route-accept.ts";
import { classifyPath, resolveSelf, type RouteMatch } from "../../shared/route-match.ts";
import { checkQuery, type QueryPair } from "../../shared/route-query.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import type { Ask, Caller, Route } from "./stages.ts";

/** The row of a path. `/repositories/{id}/…` comes back unresolved. @throws RelayError invalid_path, route_denied. */
export function classify(ask: Ask, caller: Caller): RouteMatch {
  const classified = classifyPath(ask.path);
  if (classified.kind !== "ok") throw new RelayError(classified.kind, { message: sentence(classified.why) });
  return resolveSelf(classified.match, caller.githubLogin);
}

/** The variant asked for. @throws RelayError invalid_query, route_denied, pagination_exhausted. */
export function chooseVariant(ask: Ask, match: RouteMatch): Route {
  const query = checkQuery(match.route, ask.query, ask.shape);
  if (query.kind !== "ok") throw new RelayError(query.kind, { message: sentence(query.why) });
  const accept = plainest(match.route, acceptVariant(match.route, ask.accept));
  const searches = query.upstream.filter(([key]) => key === "q");
  // GitHub heeds the last of several, so a guard that reads one of them guards nothing.
  if (searches.length > 1)
    throw new RelayError("route_denied", { message: "The relay takes one search text at a time." });
  if (accept === undefined)
    throw new RelayError("route_denied", { message: "The relay does not take this media type here." });
  const search = encodeQuery(query.upstream);
  return {
    match,
    upstreamTarget: search === "" ? match.upstreamPath : `${match.upstreamPath}?${search}`,
    upstreamAccept: accept.upstreamAccept,
    variant: accept.variant,
    canonicalQuery: encodeQuery(query.canonical),
    searchText: searches[0]?.[1],
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  };
}

/**
 * Where GitHub renders Markdown bodies, `raw` is its name for the plain JSON answer ("This is the default"): one variant,
 * and never mistaken for a file, whose text is not cleaned.
 */
function plainest(route: RouteSpec, accept: AcceptVariant | undefined): AcceptVariant | undefined {
  return accept?.variant === "raw" && route.mediaTypes.includes("full") ? acceptVariant(route, undefined) : accept;
}

/** GitHub reads both, but a plus in a query is a space to it: everything is escaped as encodeURIComponent does. */
function encodeQuery(pairs: readonly QueryPair[]): string {
  return pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join("&");
}

function sentence(why: string): string {
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}
