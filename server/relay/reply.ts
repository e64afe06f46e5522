/** GitHub's answer to a Reply: cleaned, its encoding decided, its bytes kept as they came. */
import type { MediaType } from "../../shared/routes/spec.ts";
import { keptHeaders, sanitizeJson, type Knowledge, type Reader } from "./sanitize.ts";
import type { Reply } from "./stages.ts";

export interface CleanReply extends Reply {
  /** Parsed for the freshness policies; undefined where the body is no JSON. */
  readonly json: unknown;
  readonly filtered: boolean;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Undefined: JSON that cannot be read (cut off on the way), or something private that cannot be cut out. */
export function toReply(
  raw: RawReply,
  variant: MediaType,
  reader: Reader,
  knowledge: Knowledge = {},
): CleanReply | undefined {
  const headers = keptHeaders(raw.headers);
  const contentType = headers["content-type"] ?? "";
  if (raw.body.byteLength === 0)
    return { status: raw.status, headers, encoding: "text", body: raw.body, json: undefined, filtered: false };
  const isJson = /[/+]json\b/i.test(contentType) && !isFile(raw, variant, contentType);
  if (!isJson) {
    const encoding = decodeUtf8(raw.body) === undefined || !isText(contentType) ? "base64" : "text";
    return { status: raw.status, headers, encoding, body: raw.body, json: undefined, filtered: false };
  }
  const text = decodeUtf8(raw.body);
  const json = text === undefined ? undefined : parse(text);
  if (text === undefined || json === undefined) return undefined;
  const cleaned = sanitizeJson(text, reader, knowledge);
  if (cleaned.kind === "refused") return undefined;
  const body = cleaned.filtered ? new TextEncoder().encode(cleaned.text) : raw.body;
  return { status: raw.status, headers, encoding: "json", body, json: json.value, filtered: cleaned.filtered };
}

const LESS_THAN = 60;

/**
 * GitHub serves files as application/vnd.github.raw+json and rendered ones as application/vnd.github.html+json, though
 * neither need be JSON. A directory or a gist asked for raw comes as application/json, and so does every error.
 */
function isFile(raw: RawReply, variant: MediaType, contentType: string): boolean {
  if (raw.status >= 300) return false;
  if (variant === "raw") return !/^application\/json\b/i.test(contentType);
  return variant === "octet-stream" || (variant === "html" && raw.body[0] === LESS_THAN);
}

/** GitHub serves files as application/vnd.github.raw and diffs as application/vnd.github.diff. */
function isText(contentType: string): boolean {
  return (
    contentType === "" || /^(text\/|application\/(vnd\.github|json|xml|javascript|x-(sh|yaml|toml)))/i.test(contentType)
  );
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // TypeError: not UTF-8
  }
}

/** In a box, since `null` is JSON too. */
function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // SyntaxError: cut off, or no JSON
  }
}
