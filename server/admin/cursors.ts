/** Where a page of the admin log ended, as text: time and id. */
import { RelayError } from "../../shared/errors.ts";
import type { EventCursor } from "../store/admin-log.ts";

export const eventCursorText = ({ at, id }: EventCursor): string => `${at}.${id}`;

/** @throws RelayError invalid_request. */
export function eventCursor(text: string | undefined): EventCursor | undefined {
  if (text === undefined) return undefined;
  const [, at, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new RelayError("invalid_request", { details: { field: "cursor" } });
  return { at: Number(at), id: Number(id) };
}

/** A cursor into a list that is put in order here: how many rows are behind. @throws RelayError invalid_request. */
export function offsetOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,6}$/.test(text)) throw new RelayError("invalid_request", { details: { field: "cursor" } });
  return Number(text);
}

/** A page of such a list. */
export function pageOf<Row>(all: readonly Row[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const start = offsetOf(cursor);
  const end = start + limit;
  return { rows: all.slice(start, end), next: end < all.length ? String(end) : null };
}
