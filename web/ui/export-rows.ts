/** Rows as a file: CSV for spreadsheets, NDJSON for programs. */

type Cell = string | number | boolean | null;
export type ExportRow = Readonly<Record<string, Cell>>;

/**
 * RFC 4180, with a header line. A cell that a spreadsheet would take for a formula gets a quote before it (OWASP, CSV
 * Injection).
 */
export function toCsv(rows: readonly ExportRow[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const names = Object.keys(first);
  const lines = rows.map((row) => names.map((name) => csvCell(row[name] ?? null)).join(","));
  return [names.map(csvCell).join(","), ...lines].join("\r\n").concat("\r\n");
}

function csvCell(value: Cell): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON object a line. */
export function toNdjson(rows: readonly ExportRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Hands the text to the browser as a download. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
