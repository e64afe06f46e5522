/** Builds one row of the route table; what nearly every row shares is said here instead of 165 times. */
import type { MediaType, RouteSpec } from "./spec.ts";

type Defaulted = "resource" | "query" | "mediaTypes";

/** A row as it is written: the core rate bucket, no query parameters and JSON only unless the row says otherwise. */
export type RouteRow<Kind extends string> = Omit<RouteSpec, Defaulted | "kind"> &
  Partial<Pick<RouteSpec, Defaulted>> & { readonly kind: Kind };

/** Completes a row. What bears on secrecy (`sees`, `transports`, `gate`) has no default: each row states it. */
export function route<const Kind extends string>(row: RouteRow<Kind>): RouteSpec & { readonly kind: Kind } {
  return { ...row, resource: row.resource ?? "core", query: row.query ?? [], mediaTypes: row.mediaTypes ?? ["json"] };
}

/** Where the following page begins, as GitHub's own `Link` header says it on lists (2-wire). */
export const CURSORS = ["after", "before", "cursor"] as const;

/** The parameters of a paged list: the row's own, the page and its size, and the cursors. */
export function paged(...own: readonly string[]): readonly string[] {
  return [...new Set([...own, "per_page", "page", ...CURSORS])];
}

/** The parameters of a list that GitHub pages by cursor only. */
export function cursorPaged(...own: readonly string[]): readonly string[] {
  return [...new Set([...own, "per_page", ...CURSORS])];
}

/** JSON, and the ways GitHub renders the Markdown of a `body` ("Media types", REST documentation). */
export const BODY_MEDIA = ["json", "raw", "text", "html", "full"] as const satisfies readonly MediaType[];
