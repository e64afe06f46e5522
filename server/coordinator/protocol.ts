/**
 * What crosses the Durable Object's door. Plain values only: RPC strips classes, so nothing here throws; it answers
 * with a `kind`. All times are epoch milliseconds.
 */
import type { ErrorCode } from "../../shared/errors.ts";

/** One identity that may serve the route: its scope covers it and its secret is present. */
export interface Candidate {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  readonly weight: number;
}

export interface CallerBudget {
  readonly callerId: string;
  readonly maxConcurrent: number;
  readonly fillsPerHour: number;
}

export interface BeginAsk {
  /** What simultaneous askers share: the cache key, and anything else that makes the upstream request differ. */
  readonly fillKey: string;
  /** `kind` and repository: what leases and route cooldowns are about. */
  readonly routeKey: string;
  readonly resource: string;
  readonly budget: CallerBudget;
  /** Empty where the route takes no identity. */
  readonly candidates: readonly Candidate[];
  /** The candidate that filled the expired entry: only with its credential is a 304 likely. Chosen where it is able. */
  readonly preferred?: string;
  /**
   * When the asker began. An outcome finished before this minus `acceptFinishedMs` does not serve it: with
   * `max-age=0` only a fill still in flight does.
   */
  readonly acceptFinishedMs: number;
  /** How long the asker can wait in all, for the queue or for the leader. */
  readonly waitMs: number;
  /** False: only select an identity, hand out no fill lease (a request that nobody else may share). */
  readonly shared: boolean;
  /** Of a visibility proof that may turn out negative: whose hour pays for it. Absent: nothing is taken beforehand. */
  readonly negativeProofs?: NegativeProofBudget;
}

export interface NegativeProofBudget {
  readonly callerId: string;
  readonly perHour: number;
}

export type Selection =
  | {
      readonly kind: "selected";
      /** In the order to try; at most three. The first one holds a reservation that ends by itself. */
      readonly identities: readonly string[];
      readonly leaseReason: "sticky" | "highest_remaining";
    }
  | {
      readonly kind: "none";
      readonly reason: "no_identity" | "identities_cooling_down" | "identity_pool_depleted";
      readonly retryAt?: number;
    };

/** A fenced promise to fill: a stale one can neither publish nor finish. */
export interface FillLease {
  /** Strictly growing over the object's life, restarts included; guards the D1 row. */
  readonly fence: number;
  readonly expiresAt: number;
}

/** An answer small enough to hand to followers inline (about 1 MB). Mirrors `Reply` in server/relay/stages.ts. */
export interface InlineReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: "json" | "text" | "base64";
  readonly body: Uint8Array;
  readonly meta: Readonly<Record<string, string | number | boolean | null>>;
}

export type FillOutcome =
  /**
   * In D1, or about to be where `reply` carries it; without, it is stored already, and `askedAt` says from when on a copy
   * is this one or a later one.
   */
  | { readonly kind: "shared"; readonly reply?: InlineReply; readonly askedAt?: number; readonly finishedAt: number }
  /** Too large for `reply`, and D1 or R2 failed: only the edge of the leader's data centre has it. */
  | { readonly kind: "edge_only"; readonly reply?: InlineReply; readonly askedAt?: number; readonly finishedAt: number }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly details?: Readonly<Record<string, string>>;
      /** The leader looked, and nowhere is an older copy. */
      readonly noCopy?: boolean;
      readonly finishedAt: number;
    };

export type BeginTurn =
  | { readonly kind: "lead"; readonly lease: FillLease | null; readonly selection: Selection }
  /** Another request's fill ended while this one waited, or ended just before it came. */
  | { readonly kind: "follow"; readonly outcome: FillOutcome }
  /** The caller has too many fills in flight, or spent its hour's budget. */
  | {
      readonly kind: "overloaded";
      readonly reason: "concurrency" | "fills_per_hour" | "negative_proofs_per_hour";
      readonly retryAt: number;
    }
  /** The leader did not finish within `waitMs`. */
  | { readonly kind: "timeout" };

export interface RateReading {
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Epoch milliseconds. */
  readonly resetAt: number;
}

/** What one attempt with an identity taught. */
export interface AttemptReport {
  readonly identityId: string;
  readonly kind: "pat" | "github_app";
  readonly resource: string;
  readonly routeKey: string;
  readonly rate?: RateReading;
  /** `ok`: GitHub answered, whatever the status; else why this identity (or part of it) must rest. */
  readonly result:
    | { readonly kind: "ok"; readonly charged: boolean }
    | { readonly kind: "unauthorized" }
    | { readonly kind: "depleted" }
    | { readonly kind: "throttled"; readonly retryAfterMs?: number }
    | { readonly kind: "forbidden" }
    | { readonly kind: "failed" };
  readonly durationMs: number;
}

/** Which installation's token, and who asks for it. */
export interface TokenAsk {
  readonly identityId: string;
  readonly installationId: number;
  /** Names the App's key. */
  readonly secretRef: string;
  /** The asker's now: the token must last for a while after it. */
  readonly at: number;
}

/** Why there is no installation token. Neither key nor JWT is in it. */
export interface TokenFailure {
  readonly kind: "failed";
  /** What callers are told: the reason of a fallback. */
  readonly reason: ErrorCode;
  /** What operators are told. */
  readonly code: ErrorCode;
  /** GitHub's; null: it did not answer, or was not asked. */
  readonly status: number | null;
  /** What it taught of the identity; null: GitHub was not asked, so nothing. */
  readonly taught: AttemptReport["result"] | null;
}

export type TokenTurn = { readonly kind: "token"; readonly token: string; readonly expiresAt: number } | TokenFailure;

export interface FinishReport {
  readonly fillKey: string;
  /** Null for a lead without a lease. */
  readonly lease: FillLease | null;
  readonly callerId: string;
  readonly outcome: FillOutcome;
  readonly attempts: readonly AttemptReport[];
  /** Of a visibility proof. */
  readonly proof?: ProofReport;
}

export interface ProofReport {
  readonly budget: NegativeProofBudget;
  /** `begin` took a unit for it. */
  readonly isPaid: boolean;
  readonly isNegative: boolean;
}

export interface Cooldown {
  readonly scope: "identity" | "resource" | "route";
  readonly on: string;
  readonly cause:
    | "unauthorized"
    | "depleted"
    | "retry_after"
    | "secondary_limit"
    | "forbidden"
    | "failing"
    | "operator";
  readonly until: number;
}

export interface IdentityStanding {
  readonly identityId: string;
  readonly inFlight: number;
  readonly cooldowns: readonly Cooldown[];
  readonly resources: readonly {
    readonly resource: string;
    readonly limit: number;
    readonly remaining: number;
    readonly used: number;
    readonly resetAt: number;
    readonly readAt: number;
    /** Exponentially weighted, units per second. */
    readonly burnPerSecond: number;
    /** When it runs out at this rate; null: not before the reset. */
    readonly emptyAt: number | null;
  }[];
  readonly leases: readonly { readonly routeKey: string; readonly until: number }[];
  readonly lastError: { readonly cause: string; readonly at: number } | null;
  /** Of an App whose last mint failed; forgotten when the object restarts. */
  readonly tokenFailure?: { readonly code: ErrorCode; readonly status: number | null; readonly at: number };
}

export interface Snapshot {
  readonly at: number;
  readonly identities: readonly IdentityStanding[];
  readonly fills: {
    readonly inFlight: number;
    readonly waiting: number;
    readonly led: number;
    readonly coalesced: number;
  };
}

/** The doors of `PoolCoordinator`, one object per pool, named `pool:<id>`. */
export interface CoordinatorDoors {
  /** Waits inside the object while another request leads the same fill, or for a free place of this caller. */
  begin(ask: BeginAsk): Promise<BeginTurn>;
  /** Wakes the followers. False: the lease had ended, and nothing of the outcome may be stored. */
  finish(report: FinishReport): Promise<boolean>;
  /** Extends a live lease; null: it is lost. */
  renew(fillKey: string, lease: FillLease): Promise<FillLease | null>;
  /** A choice without a fill: visibility proofs and tests of an identity. Reserves like `begin`. */
  select(ask: {
    routeKey: string;
    resource: string;
    candidates: readonly Candidate[];
    /** As in `BeginAsk`. */
    preferred?: string;
  }): Promise<Selection>;
  /** Rates and failures learnt outside a fill. */
  report(attempts: readonly AttemptReport[]): Promise<void>;
  /** An installation's token, minted once for all who ask at a time; in memory only, until a minute before its end. */
  installationToken(ask: TokenAsk): Promise<TokenTurn>;
  snapshot(identityIds: readonly string[]): Promise<Snapshot>;
  /** Ends every cooldown of one identity. */
  clearCooldowns(identityId: string): Promise<void>;
}
