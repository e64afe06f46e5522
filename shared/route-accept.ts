/** The caller's `Accept` header as one of the row's media types: the variant of the cache key, and what GitHub is sent. */
import type { MediaType, RouteSpec } from "./routes/spec.ts";

export interface AcceptVariant {
  readonly variant: MediaType;
  /** One spelling per variant, so that GitHub's etag and answer do not depend on the caller's. */
  readonly upstreamAccept: string;
}

const UPSTREAM_ACCEPT = {
  json: "application/vnd.github+json",
  diff: "application/vnd.github.diff",
  patch: "application/vnd.github.patch",
  sha: "application/vnd.github.sha",
  raw: "application/vnd.github.raw+json",
  html: "application/vnd.github.html+json",
  text: "application/vnd.github.text+json",
  full: "application/vnd.github.full+json",
  object: "application/vnd.github.object+json",
  star: "application/vnd.github.star+json",
  "text-match": "application/vnd.github.text-match+json",
  "octet-stream": "application/octet-stream",
} as const satisfies Record<MediaType, string>;

const MAX_ACCEPT_CHARACTERS = 512;
const DEFAULT_JSON = new Set(["", "*/*", "application/*", "application/json", UPSTREAM_ACCEPT.json]);
/** `vnd.github`, also with the resource that older documentation names in it: `vnd.github-commitcomment.raw+json`. */
const GITHUB_TYPE = /^application\/vnd\.github(?:-[a-z]+)?((?:\.[a-z0-9-]+)*)(?:\+json)?$/;
/** API versions and previews pick no representation: every preview has graduated to the plain answer. */
const NO_PARAMETER = /^(?:v3|beta|[a-z0-9-]+-preview)$/;

/**
 * The variant asked for, or undefined where the row does not take it (the door then answers `route_denied`). Ranges of
 * the highest q decide and must agree; a wildcard yields to a named type. Parameters other than q are ignored. Never throws.
 */
export function acceptVariant(route: RouteSpec, accept: string | undefined): AcceptVariant | undefined {
  const variant = accept === undefined ? "json" : wantedOf(accept);
  if (variant === undefined || !route.mediaTypes.includes(variant)) return undefined;
  return { variant, upstreamAccept: UPSTREAM_ACCEPT[variant] };
}

interface Range {
  readonly type: string;
  readonly q: number;
}

function wantedOf(accept: string): MediaType | undefined {
  if (DEFAULT_JSON.has(accept)) return "json";
  if (accept.length > MAX_ACCEPT_CHARACTERS) return undefined;
  const ranges = accept.toLowerCase().split(",").map(readRange);
  const highest = Math.max(...ranges.map(({ q }) => q));
  if (!(highest > 0)) return undefined;
  const top = ranges.filter(({ q }) => q === highest).map(({ type }) => type);
  const named = top.filter((type) => !type.includes("*"));
  const [variant, ...others] = new Set((named.length === 0 ? top : named).map(variantOf));
  return others.length === 0 ? variant : undefined;
}

/** RFC 9110, section 12.5.1: a type with parameters, of which `q` weighs it (1 where absent). */
function readRange(range: string): Range {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const q = parameters
    .find((parameter) => /^q\s*=/.test(parameter))
    ?.split("=")[1]
    ?.trim();
  if (q === undefined) return { type, q: 1 };
  return { type, q: /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0 };
}

function variantOf(type: string): MediaType | undefined {
  if (DEFAULT_JSON.has(type)) return "json";
  if (type === UPSTREAM_ACCEPT["octet-stream"]) return "octet-stream";
  const parts = GITHUB_TYPE.exec(type)?.[1]
    ?.split(".")
    .filter((part) => part !== "" && !NO_PARAMETER.test(part));
  if (parts === undefined) return undefined;
  const [parameter, ...more] = parts;
  if (parameter === undefined) return "json";
  return more.length === 0 && isMediaParameter(parameter) ? parameter : undefined;
}

/** `octet-stream` has a type of its own and is none of `vnd.github`'s parameters. */
const isMediaParameter = (name: string): name is MediaType =>
  Object.hasOwn(UPSTREAM_ACCEPT, name) && name !== "octet-stream" && name !== "json";
