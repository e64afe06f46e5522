/** One measured figure held against its bar. */

/** Asked for by name only: they take minutes, or more than this project's own packages. */
export const NAMED_BARS = ["replay", "dashboard", "cli", "housekeeping"] as const;
export type NamedBar = (typeof NAMED_BARS)[number];

export interface Finding {
  readonly bar: number | NamedBar;
  readonly what: string;
  readonly ours: string;
  /** What the floor did in the same run; empty where the bar has none. */
  readonly floor: string;
  /** Ours as a share of what the bar compares it with; empty where it compares nothing. */
  readonly share: string;
  readonly threshold: string;
  readonly isMet: boolean;
  /** The figures behind it, for latest.json. */
  readonly raw: unknown;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate)}/s`;
}

export function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

const COLUMNS = ["bar", "what", "ours", "floor", "share", "threshold", "met"] as const;

/** The findings as lines of a table whose columns are as wide as their widest cell. */
export function renderTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ bar, what, ours, floor, share, threshold, isMet }) => [
    String(bar),
    what,
    ours,
    floor,
    share,
    threshold,
    isMet ? "yes" : "NO",
  ]);
  const all: readonly (readonly string[])[] = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
