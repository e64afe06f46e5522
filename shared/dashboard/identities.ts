/** What the identities room shows and does. No schema here: the pages import this. */
import type { ErrorCode } from "../errors.ts";

export interface IdentityScope {
  /** `*`: any repository proven public. */
  readonly owner: string;
  /** Null: every repository of the owner. */
  readonly repo: string | null;
  readonly allowPrivate: boolean;
}

export interface ResourceView {
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms. */
  readonly resetAt: number;
  readonly readAt: number;
  /** All that is spent of it, by whomever. */
  readonly burnPerMinute: number;
  /** Units spent before the reset, at the faster guess. */
  readonly goes: number;
  /** When it may run dry before its reset; null: it lasts. */
  readonly dry: { readonly from: number; readonly to: number } | null;
}

export type CooldownCause =
  | "unauthorized"
  | "depleted"
  | "retry_after"
  | "secondary_limit"
  | "forbidden"
  | "failing"
  | "operator";

export interface CooldownView {
  readonly scope: "identity" | "resource" | "route";
  /** The resource, or the kind of route and its repository where that is known to be public. */
  readonly on: string;
  readonly cause: CooldownCause;
  readonly until: number;
}

export interface StandingView {
  readonly inFlight: number;
  readonly mostInFlight: number;
  readonly resources: readonly ResourceView[];
  readonly cooldowns: readonly CooldownView[];
  readonly leases: readonly { readonly route: string; readonly until: number }[];
  readonly lastError: { readonly cause: string; readonly at: number } | null;
}

export interface IdentityProblemView {
  readonly code: ErrorCode;
  readonly says: string;
  /** GitHub's, where it was asked for a token. */
  readonly githubStatus: number | null;
}

export interface IdentityView {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  readonly login: string;
  readonly status: "active" | "paused";
  readonly weight: number;
  readonly publicOnly: boolean;
  readonly installationId: number | null;
  readonly scopes: readonly IdentityScope[];
  /** The name of a Worker secret, never its value. */
  readonly secretRef: string;
  readonly secretPresent: boolean;
  /** What the operator must mend before it can serve. */
  readonly problem: IdentityProblemView | null;
  /** Null: the coordinator did not answer. */
  readonly standing: StandingView | null;
  readonly lastHour: {
    readonly requests: number;
    readonly units: number;
    /** 0 to 1, of what all identities of the pool spent; null where none did. */
    readonly share: number | null;
    /** Spent through this relay, in units a minute over the last ten. */
    readonly burnPerMinute: number;
  };
}

export interface IdentitiesView {
  /** By the server's clock, epoch ms. */
  readonly now: number;
  readonly rows: readonly IdentityView[];
  readonly next: string | null;
  /** False: standings are missing, the rest is still so. */
  readonly coordinatorAnswered: boolean;
}

/** What an operator says of an identity. */
export interface IdentityForm {
  readonly id: string;
  readonly kind: "pat" | "github_app";
  readonly login: string;
  readonly secret_ref: string;
  readonly installation_id?: number;
  readonly weight?: number;
  readonly public_only?: boolean;
  readonly scopes: readonly { readonly owner: string; readonly repo?: string; readonly allow_private?: boolean }[];
}

/** What GitHub said to one free question with the identity's credential. */
export type IdentityCheck =
  | {
      readonly kind: "accepted";
      readonly tookMs: number;
      /** As GitHub shows them; null: it shows none for this kind of credential, so nothing is known. */
      readonly scopes: readonly string[] | null;
      /** GitHub shows that the credential has no scope at all. */
      readonly publicOnlyConfirmed: boolean;
      readonly rates: readonly {
        readonly resource: string;
        readonly limit: number;
        readonly remaining: number;
        readonly resetAt: number;
      }[];
    }
  | {
      readonly kind: "refused";
      readonly tookMs: number;
      readonly githubStatus: number;
      readonly cause: "unauthorized" | "depleted" | "throttled" | "forbidden" | "failed";
    }
  | { readonly kind: "unreachable"; readonly tookMs: number }
  /** It was not asked: its own set-up, or an App's token, stands in the way. */
  | { readonly kind: "unusable"; readonly problem: IdentityProblemView };
