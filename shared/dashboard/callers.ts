/** What the callers room shows and does. No schema here: the pages import this. */

export interface UseView {
  readonly requests: number;
  /** Answered without a call that costs quota. */
  readonly saved: number;
  readonly fallbacks: number;
  readonly errors: number;
  readonly quotaUnits: number;
  /** Epoch ms; null: not in this window. */
  readonly lastSeen: number | null;
}

export interface ClientView extends UseView {
  readonly name: string;
  /** When its token was made; null: the token was replaced or revoked, the requests remain. */
  readonly createdAt: number | null;
}

export interface CallerView extends UseView {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly isOperator: boolean;
  /** The operator who looks. */
  readonly isSelf: boolean;
  readonly disabledAt: number | null;
  /** GitHub last said: no member. */
  readonly membershipDeniedAt: number | null;
  readonly membershipVerifiedAt: number;
  readonly createdAt: number;
  /** Of the pools that the operator holds. */
  readonly grants: readonly { readonly pool: string; readonly granted: boolean }[];
  /** He holds pools that the operator does not: what would reach there is refused. */
  readonly holdsOtherPools: boolean;
  readonly clients: readonly ClientView[];
  readonly topRoutes: readonly { readonly routeKind: string; readonly requests: number }[];
}

export interface CallersView {
  readonly now: number;
  readonly rows: readonly CallerView[];
  readonly next: string | null;
  /** The pool's use was too much to tell all of; the smallest parts are missing. */
  readonly cut: boolean;
}

export interface ProvisionedView {
  readonly login: string;
  readonly clientName: string;
  /** Shown once: the server keeps its hash only. */
  readonly token: string;
}
