/** What the routes room shows: the catalogue, each row with its traffic. No schema here: the pages import this. */

export interface RouteTraffic {
  readonly requests: number;
  /** (hit + revalidated + stale) ÷ (those + miss); null without any. */
  readonly hitRate: number | null;
  readonly saved: number;
  readonly fallbacks: number;
  readonly errors: number;
  readonly avgMs: number | null;
  readonly lastSeen: number | null;
  /** Why requests were no hit, most frequent first. */
  readonly missReasons: readonly { readonly reason: string; readonly requests: number }[];
}

export interface RouteRow {
  readonly kind: string;
  readonly family: string;
  readonly about: string;
  readonly resource: string;
  readonly transports: readonly string[];
  readonly gate: "allow_search" | "allow_logs" | null;
  /** A kind may have several rows of the table. */
  readonly templates: readonly string[];
  readonly freshness: FreshnessView;
  readonly traffic: RouteTraffic;
}

export interface FreshnessView {
  readonly policy: string;
  /** Null: decided from the body. */
  readonly freshSeconds: number | null;
  readonly staleSeconds: number;
  readonly swrSeconds: number;
  /** Where webhooks reach the repository. */
  readonly coveredSeconds: number | null;
  readonly endedBy: readonly string[];
}

export interface RoutesView {
  readonly now: number;
  /** In the order of the catalogue. */
  readonly rows: readonly RouteRow[];
  readonly next: string | null;
  /** Requests for paths outside the catalogue. */
  readonly unclassified: number;
}
