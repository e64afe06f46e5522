/** Rows as files. Loaded when somebody exports. */

export interface ExportColumn<Row> {
  readonly name: string;
  readonly value: (row: Row) => string | number | null;
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is quoted with an apostrophe. */
export function csvOf<Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ name }) => cell(name)),
    ...rows.map((row) => columns.map(({ value }) => cell(value(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  // A number is no formula, not even a negative one.
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One JSON object a line, of the same columns. */
export function ndjsonOf<Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string {
  return rows
    .map((row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name, value }) => [name, value(row)])))}\n`)
    .join("");
}

export const EXPORT_TYPES = { csv: "text/csv;charset=utf-8", ndjson: "application/x-ndjson" } as const;
export type ExportFormat = keyof typeof EXPORT_TYPES;

export function save(name: string, format: ExportFormat, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: EXPORT_TYPES[format] }));
  link.download = `${name}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
