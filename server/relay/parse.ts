/** The body of POST /v1/github/request to an Ask: shapes and the kept headers. Paths and queries are classify's. */
import { RelayError } from "../../shared/errors.ts";
import type { Ask } from "./stages.ts";

/** The body with its members checked, before anybody knows who asks. */
export interface RelayBody {
  readonly pool: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly hint: Ask["hint"];
}

const KEPT_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "x-github-api-version",
  "if-none-match",
  "if-modified-since",
  "cache-control",
  "x-octopool-public-shape",
]);
const MAX_HEADER_CHARACTERS = 512;
/** What GitHub takes an absent version as ("API versions"); naming it makes two spellings of one question one. */
export const DEFAULT_API_VERSION = "2022-11-28";

/** @throws RelayError invalid_request naming the member. Unknown members are discarded. */
export function parseBody(body: Readonly<Record<string, unknown>>): RelayBody {
  return {
    pool: text(body, "pool"),
    method: text(body, "method"),
    path: text(body, "path"),
    query: query(body["query"]),
    headers: headers(body["headers"]),
    hint: hint(body["route_hint"]),
  };
}

/** @throws RelayError method_denied. */
export function toAsk(body: RelayBody, requestId: string, startedAt: number): Ask {
  if (body.method !== "GET") throw new RelayError("method_denied");
  const version = body.headers["x-github-api-version"];
  return {
    requestId,
    poolId: body.pool,
    path: body.path,
    query: body.query,
    accept: body.headers["accept"],
    apiVersion: version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) ? version : DEFAULT_API_VERSION,
    ifNoneMatch: body.headers["if-none-match"],
    ifModifiedSince: body.headers["if-modified-since"],
    maxAgeSeconds: maxAge(body.headers["cache-control"]),
    shape: body.headers["x-octopool-public-shape"],
    hint: body.hint,
    startedAt,
  };
}

function text(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(name, "must be a non-empty string");
}

function query(value: unknown): RelayBody["query"] {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw invalid("query", "must be an object of strings or arrays of strings");
  for (const [key, member] of Object.entries(value)) {
    const fits =
      typeof member === "string" || (Array.isArray(member) && member.every((item) => typeof item === "string"));
    if (!fits) throw invalid(`query.${key.slice(0, 64)}`, "must be a string or an array of strings");
  }
  return value as RelayBody["query"];
}

/** Kept by name and length; the rest is dropped, not refused. */
function headers(value: unknown): RelayBody["headers"] {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw invalid("headers", "must be an object of strings");
  const kept: Record<string, string> = {};
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== "string") throw invalid(`headers.${name.slice(0, 64)}`, "must be a string");
    const lower = name.toLowerCase();
    // Field values are visible ASCII (RFC 9110, section 5.5): anything else would be refused when sent on.
    if (KEPT_HEADERS.has(lower) && member.length <= MAX_HEADER_CHARACTERS && /^[\x20-\x7e]*$/.test(member))
      kept[lower] = member;
  }
  return kept;
}

/** Invalid hints are discarded: a hint can only make an answer better. */
function hint(value: unknown): Ask["hint"] {
  if (!isRecord(value)) return {};
  const sha = value["pr_head_sha"];
  const state = value["pr_state"];
  return {
    ...(typeof sha === "string" && /^[0-9a-f]{40}$/i.test(sha) ? { prHeadSha: sha.toLowerCase() } : {}),
    ...(state === "open" || state === "closed" || state === "merged" ? { prState: state } : {}),
  };
}

/** RFC 9111, section 5.2.1.1; other directives are ignored, and an unreadable one too. */
function maxAge(value: string | undefined): number | undefined {
  const digits = value === undefined ? undefined : /(?:^|[\s,])max-age\s*=\s*"?(\d+)"?/i.exec(value)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), 2 ** 31);
}

function invalid(name: string, what: string): RelayError {
  return new RelayError("invalid_request", { message: `${name} ${what}.`, details: { field: name } });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
