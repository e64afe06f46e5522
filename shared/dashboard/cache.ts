/** What the cache room shows and does. No schema here: the pages import this. */

export interface CacheKindView {
  readonly routeKind: string;
  readonly entries: number;
  readonly fresh: number;
  /** Past freshness; kept to be renewed, or served where GitHub does not answer. */
  readonly stale: number;
  readonly bodyBytes: number;
}

export interface CacheTotalsView {
  readonly now: number;
  readonly entries: number;
  readonly fresh: number;
  readonly stale: number;
  readonly bodyBytes: number;
  /** Most entries first. */
  readonly kinds: readonly CacheKindView[];
}

export interface CacheEntryRow {
  readonly cacheKey: string;
  readonly routeKind: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly state: "fresh" | "stale" | "purged" | "ended";
  /** Epoch ms. */
  readonly fetchedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly filledBy: FilledBy;
}

/** `token_free`: GitHub's API or web origin, without a credential. */
export type FilledBy = { readonly kind: "identity"; readonly identityId: string } | { readonly kind: "token_free" };

export interface CacheSearchView {
  readonly now: number;
  readonly rows: readonly CacheEntryRow[];
  readonly next: string | null;
}

export interface CacheEntryView extends CacheEntryRow {
  readonly now: number;
  readonly repository: string | null;
  /** Until when it is served at once while one fill renews it; 0: never. */
  readonly swrUntil: number;
  readonly storedBytes: number;
  /** In the bucket instead of the row. */
  readonly isInBucket: boolean;
  readonly validator: { readonly name: "etag" | "last-modified"; readonly value: string } | null;
  readonly contentType: string | null;
  readonly keys: readonly { readonly key: string; readonly generation: number; readonly now: number }[];
}

/** What to look for, and what to end. */
export type CacheTarget =
  | { readonly kind: "repository"; readonly value: string }
  | { readonly kind: "path"; readonly value: string }
  | { readonly kind: "key"; readonly value: string };

export interface PurgeCountView {
  readonly keys: readonly string[];
  readonly entries: number;
  readonly fresh: number;
  readonly kinds: readonly { readonly routeKind: string; readonly entries: number }[];
}
