/**
 * The `path` of `POST /v1/github/request`: split and decoded once, by the rules of the wire. What these rules refuse
 * never reaches GitHub, so a path can neither climb out of its template nor be read differently by two readers.
 */

/** One path segment after decoding. */
export interface Segment {
  readonly text: string;
  /** True where the segment held `%2F`: only some parameters take that, which matching decides. */
  readonly hasSlash: boolean;
}

export type ParsedPath =
  | { readonly kind: "ok"; readonly segments: readonly Segment[] }
  /** The caller's mistake: 400 `invalid_path`. */
  | { readonly kind: "invalid_path"; readonly why: string }
  /** Nothing for the relay, though the real `gh` can serve it: 424 `route_denied`. */
  | { readonly kind: "route_denied"; readonly why: string };

/** Longer than any path GitHub serves (a file path within git's 4,096 bytes): bounds the work per request. */
export const MAX_PATH_CHARACTERS = 8192;

const PLAIN_PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;
/** A backslash, a control character, or half of a surrogate pair, which has no UTF-8 form. */
const UNSAFE = /[\\\p{Cc}\p{Cs}]/u;
const BRACED_NAME = /\{[A-Za-z_][A-Za-z0-9_]*\}/;
const COLON_NAME = /^:[A-Za-z]/;

const invalid = (why: string): ParsedPath => ({ kind: "invalid_path", why });
const denied = (why: string): ParsedPath => ({ kind: "route_denied", why });

/** True for `{owner}` anywhere in the text and for a text that is `:owner`: what `gh api` fills in by itself. */
export function isUnfilled(text: string): boolean {
  return COLON_NAME.test(text) || (text.includes("{") && BRACED_NAME.test(text));
}

/**
 * Splits on raw `/`, decodes each segment once and refuses by the rules of 2-wire (`path`). Never throws. A wrong form
 * (400) is reported before anything that is merely not served (424).
 */
export function parsePath(path: string): ParsedPath {
  if (path.length > MAX_PATH_CHARACTERS) return denied("the path is too long");
  if (PLAIN_PATH.test(path)) {
    const segments = path.slice(1).split("/");
    return { kind: "ok", segments: segments.map((text) => ({ text, hasSlash: false })) };
  }
  const why = flawOfRawPath(path);
  if (why !== undefined) return invalid(why);
  if (path === "/") return denied("the bare path / is not in the catalogue");
  return parseSegments(path.slice(1).split("/"));
}

function flawOfRawPath(path: string): string | undefined {
  if (!path.startsWith("/")) return "the path is not absolute";
  if (path.includes("://")) return "the path holds ://";
  if (path.includes("?")) return "the path holds a query; send it in query";
  if (path.includes("#")) return "the path holds a fragment";
  return UNSAFE.test(path) ? "the path holds a backslash or a control character" : undefined;
}

function parseSegments(raw: readonly string[]): ParsedPath {
  const endsInSlash = raw.at(-1) === "";
  const segments: Segment[] = [];
  for (const encoded of endsInSlash ? raw.slice(0, -1) : raw) {
    const text = decode(encoded);
    if (text === undefined) return invalid("the path holds a malformed percent-encoding");
    if (UNSAFE.test(text)) return invalid("the path encodes a backslash or a control character");
    for (const piece of text.split("/")) {
      if (piece === "") return invalid("the path has an empty segment");
      if (piece === "." || piece === "..") return invalid("the path has a dot segment");
    }
    segments.push({ text, hasSlash: text.includes("/") });
  }
  if (endsInSlash) return denied("the path ends in a slash");
  if (segments.some(({ text }) => text.split("/").some(isUnfilled)))
    return denied("the path has an unfilled placeholder");
  return { kind: "ok", segments };
}

/** Undefined where the escapes are malformed or are no UTF-8. */
function decode(encoded: string): string | undefined {
  if (!encoded.includes("%")) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return undefined; // the only way decodeURIComponent fails
    throw error;
  }
}

const UNRESERVED = /^[A-Za-z0-9_.~-]*$/;
/** Sub-delimiters, `:` and `@` may stand in a segment unescaped (RFC 3986, section 3.3, pchar). */
const ESCAPED_PCHAR = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/** One decoded segment as it is sent to GitHub: a slash within it is escaped, what RFC 3986 allows in a segment is not. */
export function encodeSegment(text: string): string {
  return UNRESERVED.test(text) ? text : encodeURIComponent(text).replace(ESCAPED_PCHAR, decodeURIComponent);
}
