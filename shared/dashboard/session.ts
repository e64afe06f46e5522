/** What a page knows of who looks at it. */
export interface Me {
  readonly login: string;
  /** The pools the operator holds, by name. */
  readonly pools: readonly string[];
  /** Epoch ms, by the server's clock. */
  readonly now: number;
}
