import type { IncomingHttpHeaders } from "node:http";

/** Whether the asker has this already (RFC 9110 §13.2.2: `If-None-Match` first, compared weakly, §8.8.3.2). */
export function isUnchanged(
  headers: IncomingHttpHeaders,
  validators: { readonly etag?: string | undefined; readonly lastModified?: string | undefined },
): boolean {
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) {
    const { etag } = validators;
    if (etag === undefined) return false;
    const sent = ifNoneMatch.split(",").map((each) => opaque(each.trim()));
    return sent.includes("*") || sent.includes(opaque(etag));
  }
  const since = Date.parse(headers["if-modified-since"] ?? "");
  const modified = Date.parse(validators.lastModified ?? "");
  return modified <= since; // false where either is missing: NaN compares false
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, "");
}
