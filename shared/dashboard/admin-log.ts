/** What the audit-log room shows: what operators did. No schema here: the pages import this. */

/** One value that an act changed; null: there was none. */
export interface ChangeView {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AdminLogRow {
  readonly id: number;
  readonly at: number;
  /** `admin-token`, or an operator's login. */
  readonly actor: string;
  /** Such as `identity.put`. */
  readonly action: string;
  readonly subject: string;
  readonly changes: readonly ChangeView[];
  readonly requestId: string;
}

export interface AdminLogView {
  readonly now: number;
  /** Newest first. */
  readonly rows: readonly AdminLogRow[];
  readonly next: string | null;
}
