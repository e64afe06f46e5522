/** What the bench asks the replaying Worker to do at a moment, and what came of it. */

export type Step =
  | { readonly kind: "read"; readonly at: number; readonly path: string; readonly isGate: boolean }
  | {
      readonly kind: "event";
      readonly at: number;
      readonly event: string;
      readonly id: string;
      readonly payload: object;
    };

export interface Played {
  readonly status: number;
  /** Of the model, as the answer's etag tells it; 0 where it has none. */
  readonly version: number;
  readonly cache: string;
  readonly staleReason: string;
  readonly routeKind: string;
  readonly missReason: string;
  readonly revalidated: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

export const WEBHOOK_SECRET = "replayed-webhook-secret";
/** Tokens of the replayed GitHub, by login. */
export const TOKENS = {
  alice: `ghp_${"alice".padEnd(36, "0")}`,
  bob: `ghp_${"bob".padEnd(36, "0")}`,
  carol: `ghp_${"carol".padEnd(36, "0")}`,
  reader: `ghp_${"reader".padEnd(36, "0")}`,
} as const;
export const SEED = 20_260_105;
