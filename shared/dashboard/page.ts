/** Every list of the dashboard. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Hand it back for what comes after; null where there is no more. */
  readonly next: string | null;
}
