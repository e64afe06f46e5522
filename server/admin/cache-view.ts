/** Stored answers as the room shows them. */
import type { CacheEntryRow, CacheEntryView, CacheTotalsView, FilledBy } from "../../shared/dashboard/cache.ts";
import type { EntryDetail, EntrySummary, KindCount } from "../store/cache-entries.ts";

export function totalsView(counts: readonly KindCount[], now: number): CacheTotalsView {
  const sum = (of: (count: KindCount) => number) => counts.reduce((total, count) => total + of(count), 0);
  const entries = sum((count) => count.entries);
  const fresh = sum((count) => count.fresh);
  return {
    now,
    entries,
    fresh,
    stale: entries - fresh,
    bodyBytes: sum((count) => count.bodyBytes),
    kinds: counts.map((count) => ({ ...count, stale: count.entries - count.fresh })),
  };
}

export function entryRow(entry: EntrySummary, now: number): CacheEntryRow {
  const { cacheKey, routeKind, path, query, status, bodyBytes, fetchedAt, freshUntil, staleUntil } = entry;
  const state = stateOf(entry, now);
  const filledBy = filledByOf(entry);
  return { cacheKey, routeKind, path, query, status, bodyBytes, state, fetchedAt, freshUntil, staleUntil, filledBy };
}

export function entryView(entry: EntryDetail, now: number): CacheEntryView {
  const { headers, scope, swrUntil, storedBytes, isInBucket, keys } = entry;
  return {
    ...entryRow(entry, now),
    now,
    repository: scope.includes("/") && !scope.includes(":") ? scope : null,
    swrUntil,
    storedBytes,
    isInBucket,
    validator: validatorOf(headers),
    contentType: headers["content-type"] ?? null,
    keys,
  };
}

function stateOf(entry: EntrySummary, now: number): CacheEntryRow["state"] {
  if (entry.purged) return "purged";
  if (entry.freshUntil > now) return "fresh";
  return entry.staleUntil > now ? "stale" : "ended";
}

function filledByOf({ backend, identityId }: EntrySummary): FilledBy {
  if (backend === "identity") return { kind: "identity", identityId: identityId ?? "" };
  return { kind: "token_free" };
}

function validatorOf(headers: Readonly<Record<string, string>>): CacheEntryView["validator"] {
  const { etag, "last-modified": lastModified } = headers;
  if (etag !== undefined) return { name: "etag", value: etag };
  return lastModified === undefined ? null : { name: "last-modified", value: lastModified };
}
