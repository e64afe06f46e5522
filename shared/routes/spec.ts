/** The shape of one row of the route table. `docs/routes.md` explains every member to operators. */

/** GitHub's rate bucket (docs.github.com, "Rate limits for the REST API"). */
export type Resource = "core" | "search" | "code_search";

/** How GitHub is reached, in the row's order. `none`: answered from the relay's own knowledge. */
export type Transport = "raw" | "diff" | "git" | "anonymous" | "identity" | "none";

/**
 * What a pooled credential might see in the answer that the public does not.
 * intrinsic: the same for every reader after cleaning. global: no repository, the same for all.
 * anonymous-only: never filled by an identity that is not public_only.
 * reference-bearing: may refer to other repositories. pool: the relay's own knowledge.
 */
export type Sees = "intrinsic" | "global" | "anonymous-only" | "reference-bearing" | "pool";

/** What the body is looked at for, where a policy depends on it. */
export type Judge =
  | "pull"
  | "issue"
  | "run"
  | "run-list"
  | "jobs"
  | "job"
  | "checks"
  | "check-suites"
  | "status"
  | "status-list";

export type FreshnessPolicy =
  | "immutable"
  | "metadata"
  | "slow"
  | "list"
  | "settling"
  | "living"
  | "pull-files"
  | "log"
  | "never";

export interface Freshness {
  readonly policy: FreshnessPolicy;
  /** settling and living only. */
  readonly judge?: Judge;
  /** Named by a branch or tag, not a SHA: at most two minutes, never settled. */
  readonly refNamed: boolean;
  /** Absent: the policy decides from the body. */
  readonly freshSeconds?: number;
  /** Fresh time where the query's `ref` is a full SHA: the answer cannot move, only leave the repository. */
  readonly pinnedSeconds?: number;
  /** Counted from the end of freshness. */
  readonly staleSeconds: number;
  /** Served at once while one background fill runs; 0: never. */
  readonly swrSeconds: number;
  /** The long TTL where webhooks cover the repository. */
  readonly coveredSeconds?: number;
  /** The webhook events that end it. */
  readonly endedBy: readonly string[];
}

/** Media types a row takes; every JSON spelling is `json` (3-github, Shapes and traps). */
export type MediaType =
  | "json"
  | "diff"
  | "patch"
  | "raw"
  | "html"
  | "text"
  | "full"
  | "sha"
  | "text-match"
  | "object"
  | "star"
  | "octet-stream";

export interface RouteSpec {
  /** Its name on the wire, in audit rows and in docs. A kind may have several rows. */
  readonly kind: string;
  readonly template: string;
  readonly example: string;
  readonly resource: Resource;
  readonly freshness: Freshness;
  readonly sees: Sees;
  /**
   * reference-bearing rows only. embedded: every reference is an object in the body that says itself whether it is
   * public, so cleaning settles it. items: elements may refer to what only the credential sees.
   */
  readonly references?: "embedded" | "items";
  readonly transports: readonly Transport[];
  /** Templates over the row's parameters: `pull:{owner}/{repo}#{number}`. */
  readonly surrogateKeys: readonly string[];
  /** Query parameters taken; any other is refused, since a free parameter makes endless misses. */
  readonly query: readonly string[];
  /**
   * Without paging parameters GitHub gives another answer than for page=1 and per_page=30 (a comparison then holds 250
   * commits, a commit 300 files), so these are never folded away; and GitHub hands out no cursors.
   */
  readonly wholeWithoutPaging?: true;
  /**
   * How the row's answers may be cut from one wider answer; server/relay/reshape.ts does it. run-list-page and
   * job-list-page: first pages of any size from the page of a hundred.
   */
  readonly reshape?: "run-list-page" | "job-list-page";
  /** What answers of the row tell about other questions: a git tree, which of its files are plain ones (raw needs that). */
  readonly teaches?: "plain-files";
  readonly mediaTypes: readonly MediaType[];
  readonly gate?: "allow_search" | "allow_logs";
  /** Operation ids of GitHub's OpenAPI description. */
  readonly operations: readonly string[];
  readonly about: string;
}
