/** What the instrumented Worker and the bench tell each other about one request's round trips. */

export type CallKind = "edge" | "d1" | "object" | "upstream" | "bucket";

export interface Call {
  /** Kind, operation and its number in this request: `d1 batch 1`. */
  readonly name: string;
  readonly kind: CallKind;
  /** An upper bound of what the answer waits for. */
  readonly startedBeforeAnswer: boolean;
  readonly ended: boolean;
}

/** Holds calls back, so that it shows which of them the answer waits for. */
export interface Delay {
  readonly ms: number;
  /** The name of one call; undefined: every call. */
  readonly only: string | undefined;
}
