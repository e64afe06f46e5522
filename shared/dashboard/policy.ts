/** What the policy room shows and does. No schema here: the pages import this. */

/** As shared/policy.ts decodes it. */
export interface PolicyValues {
  readonly allowed_owners: readonly string[];
  readonly allow_public_repos: boolean;
  readonly allow_search: boolean;
  readonly allow_logs: boolean;
  readonly max_concurrent_per_caller: number;
  readonly fills_per_hour_per_caller: number;
  readonly negative_proofs_per_hour_per_caller: number;
}
export type PolicyRule = keyof PolicyValues;

export interface PolicyView {
  readonly now: number;
  /** Null: it cannot be read, and the pool is closed until one is saved. */
  readonly policy: PolicyValues | null;
  readonly version: number;
  readonly updatedAt: number;
  /** What a new pool would have. */
  readonly defaults: PolicyValues;
}

export interface PreviewRow {
  /**
   * refused: was served, would be left to the caller's own gh. admitted: was refused by this rule, would go on.
   * narrowed: would lose the identity that fetched it. waits: would stand in the caller's queue first.
   */
  readonly effect: "refused" | "admitted" | "narrowed" | "waits";
  readonly rule: PolicyRule;
  /** What a refused caller is told; null where nothing is. */
  readonly reason: string | null;
  /** What it is about: a pattern of requests, or one caller's budget. */
  readonly subject:
    | { readonly kind: "route"; readonly routeKind: string; readonly pattern: string }
    | { readonly kind: "caller"; readonly callerId: string; readonly login: string };
  readonly requests: number;
  readonly latestAt: number;
}

/** Requests whose fate under the edited policy is not to be told from what is kept of them. */
export interface Unjudged {
  readonly rule: PolicyRule;
  /**
   * search_text: whether a search's terms may pass. search_repository: which repository a search named. moved_owner:
   * who owns a repository that has moved. unnamed_budget: which of a caller's budgets was spent.
   */
  readonly why: "search_text" | "search_repository" | "moved_owner" | "unnamed_budget";
  readonly requests: number;
}

export interface PreviewView {
  readonly from: number;
  readonly to: number;
  /** Requests looked at. */
  readonly requests: number;
  /** Most requests first; at most 200. */
  readonly rows: readonly PreviewRow[];
  readonly totals: Readonly<Record<PreviewRow["effect"], number>>;
  readonly unjudged: readonly Unjudged[];
  /** There are more patterns than are replayed or shown: the rarest are missing. */
  readonly cut: boolean;
  /** There were more fetches than are replayed for the callers' budgets: only those since then, epoch ms, were. */
  readonly fillsSince: number | null;
}

export interface PolicyVersionRow {
  readonly eventId: number;
  /** The version that came of it; null where that cannot be told. */
  readonly version: number | null;
  readonly at: number;
  readonly actor: string;
  readonly action: "created" | "saved" | "restored";
  readonly changes: readonly { readonly rule: string; readonly before: string | null; readonly after: string | null }[];
  /** Null: what stands there cannot be read, so it cannot be put back. */
  readonly policy: PolicyValues | null;
}

export interface PolicyHistoryView {
  readonly rows: readonly PolicyVersionRow[];
  readonly next: string | null;
}
