/** Which of gh's requests may go to the relay. The rules of paths, queries and media types are the server's own. */
import type { IncomingHttpHeaders } from "node:http";
import { classifyPath } from "../../shared/route-match.ts";
import { acceptVariant, checkQuery } from "../../shared/route-query.ts";
import type { RouteSpec } from "../../shared/routes/spec.ts";
import { repositoryOfPath } from "./own-writes.ts";

export interface GhRequest {
  readonly method: string;
  /** The Host header, lower-cased. */
  readonly host: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export interface RelayedRead {
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** What decides the representation; never the credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-cased `owner/repo`; undefined where the path does not tell. */
  readonly repository: string | undefined;
}

/** Why a request goes straight to its own host. */
export type DirectReason =
  | "other_host"
  | "graphql"
  | "write"
  | "head"
  | "anonymous"
  | "about_the_asker"
  | "own_headers"
  | "query"
  | "not_in_catalogue";

export type Decision =
  | { readonly kind: "relay"; readonly read: RelayedRead }
  | { readonly kind: "direct"; readonly why: DirectReason };

export const API_HOST = "api.github.com";

/** Answered by who asks, whatever the catalogue says. */
const ABOUT_THE_ASKER: ReadonlySet<string> = new Set(["/", "/user", "/rate_limit"]);
/** Told to the relay. The server drops values over 512 characters, and the answer would be another. */
const TOLD = ["accept", "x-github-api-version", "if-none-match", "if-modified-since"] as const;
const MAX_HEADER_CHARACTERS = 512;
/** What gh and HTTP itself send on a plain read. Any other header was asked for by the user and may change the answer. */
const PLAIN: ReadonlySet<string> = new Set([
  ...TOLD,
  "accept-encoding",
  "authorization",
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "graphql-features",
  "host",
  "time-zone",
  "user-agent",
  "x-gh-cache-ttl",
]);

/** Deny by default: only a plain GET that the catalogue takes as it stands is relayed. Never throws. */
export function decide({ method, host, target, headers }: GhRequest): Decision {
  if (host !== API_HOST) return direct("other_host");
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  if (path === "/graphql") return direct("graphql");
  if (method !== "GET") return direct(method === "HEAD" ? "head" : "write");
  // gh looks for its own updates without a credential; a user without a login has a placeholder for one.
  if (headers.authorization === undefined) return direct("anonymous");
  if (ABOUT_THE_ASKER.has(path)) return direct("about_the_asker");
  const told = toldHeaders(headers);
  if (told === undefined) return direct("own_headers");
  const query = readQuery(mark === -1 ? "" : target.slice(mark + 1));
  if (query === undefined) return direct("query");
  const repository = repositoryOfPath(path) ?? searchedRepository(query);
  const read = { path, query, headers: told, repository };
  return isInCatalogue(read) ? { kind: "relay", read } : direct("not_in_catalogue");
}

function isInCatalogue({ path, query, headers }: RelayedRead): boolean {
  const classified = classifyPath(path);
  if (classified.kind !== "ok") return false;
  const { route, self } = classified.match;
  if (self === true || checkQuery(route, query).kind !== "ok") return false;
  return takesMediaType(route, headers["accept"]);
}

/** Where GitHub renders bodies, `raw` is its name for the plain answer, and the server takes it as that. */
function takesMediaType(route: RouteSpec, accept: string | undefined): boolean {
  return acceptVariant(route, accept) !== undefined;
}

/** Undefined where something was asked for that the relay could not say to GitHub. */
function toldHeaders(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  if (Object.keys(headers).some((name) => !PLAIN.has(name))) return undefined;
  if (headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0") return undefined;
  const version = headers["x-github-api-version"];
  if (version !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(version))) return undefined;
  const told: Record<string, string> = {};
  for (const name of TOLD) {
    const value = headers[name];
    if (value === undefined || value === "") continue;
    if (typeof value !== "string" || value.length > MAX_HEADER_CHARACTERS || !/^[\x20-\x7e]*$/.test(value))
      return undefined;
    told[name] = value;
  }
  return told;
}

/** Undefined where an escape is malformed, which two readers may read differently, or where somebody is named as `@me`. */
function readQuery(text: string): RelayedRead["query"] | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  const query = new Map<string, string | string[]>();
  for (const [key, value] of new URLSearchParams(text)) {
    if (/@me\b/i.test(value) || value.includes("\uFFFD")) return undefined;
    const earlier = query.get(key);
    query.set(key, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(query);
}

function searchedRepository(query: RelayedRead["query"]): string | undefined {
  const text = query["q"];
  const found = typeof text === "string" ? [...text.matchAll(/(?:^|\s)repo:"?([^\s"]+\/[^\s"]+)/gi)] : [];
  return found.length === 1 ? found[0]?.[1]?.toLowerCase() : undefined;
}

const direct = (why: DirectReason): Decision => ({ kind: "direct", why });
