/** What the usage room shows. No schema here: the pages import this. */
import type { UseView } from "./callers.ts";

export interface PatternRow {
  readonly routeKind: string;
  /** Owner and repository where they may be named; everything else stands as its parameter's name. */
  readonly pattern: string;
  readonly requests: number;
  readonly hitRate: number | null;
  readonly saved: number;
  readonly quotaUnits: number;
  readonly fallbacks: number;
  readonly errors: number;
  readonly avgMs: number;
  readonly lastSeen: number;
}

export interface PatternsView {
  readonly from: number;
  readonly to: number;
  /** Most requests first. */
  readonly rows: readonly PatternRow[];
  readonly next: string | null;
  readonly total: number;
  /** There are more patterns than can be told apart; the rarest are missing. */
  readonly cut: boolean;
}

export interface CauseRow {
  readonly kind: "error" | "fallback" | "denial";
  /** A code of the error catalogue. */
  readonly code: string;
  readonly says: string;
  readonly requests: number;
  readonly lastSeen: number;
  /** Most requests first. */
  readonly routes: readonly { readonly routeKind: string; readonly requests: number }[];
}

export interface CausesView {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly CauseRow[];
  readonly next: string | null;
  readonly requests: number;
  readonly refused: number;
}

export interface CallerUseRow extends UseView {
  readonly callerId: string;
  /** Empty where the caller is not known any more. */
  readonly login: string;
  readonly hitRate: number | null;
  /** 0 to 1, of the pool's requests. */
  readonly share: number;
}

export interface CallerUseView {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly CallerUseRow[];
  readonly next: string | null;
  readonly total: number;
}
