/** What a command shows: a table on a terminal, TSV in a pipe, JSON on request. */
import type { Environment, Machine, Output } from "./machine.ts";

export type Cell = string | number | null | undefined;

export interface Io {
  /** True where a person reads standard output. */
  readonly isTerminal: boolean;
  /** Writes text or bytes to standard output exactly as given. */
  write(content: string | Uint8Array): void;
  /** One line for people on standard output; control characters are dropped. */
  line(text: string): void;
  /** Indented JSON on a terminal, one line in a pipe. */
  json(value: unknown): void;
  /** Aligned with headings on a terminal; tab-separated without headings in a pipe, led by the title if there is one. */
  table(headings: readonly string[], rows: readonly (readonly Cell[])[], title?: string): void;
  /** One line on standard error that begins `octopool: `. */
  note(text: string): void;
}

/** Builds the command's view of its streams. Colour is off under NO_COLOR, TERM=dumb and in pipes. */
export function createIo(machine: Pick<Machine, "stdout" | "stderr" | "env">): Io {
  const { stdout, stderr, env } = machine;
  const isTerminal = stdout.isTTY === true;
  const bold = isTerminal && mayColour(env) ? (text: string) => `\u001B[1m${text}\u001B[0m` : (text: string) => text;
  return {
    isTerminal,
    write: (content) => void stdout.write(content),
    line: (text) => void stdout.write(`${printable(text)}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value, null, isTerminal ? 2 : 0)}\n`),
    table(headings, rows, title) {
      if (isTerminal) writeTable(stdout, bold, { headings, rows, title });
      else for (const row of rows) stdout.write(`${tabSeparated(title === undefined ? row : [title, ...row])}\n`);
    },
    note: (text) => void stderr.write(`octopool: ${printable(text)}\n`),
  };
}

function mayColour(env: Environment): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** Server text may reach the terminal: without control characters it cannot move the cursor or set a title. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t]+/gu, " "); // Cc without the tab
}

interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly title: string | undefined;
}

function writeTable(stdout: Output, bold: (text: string) => string, { headings, rows, title }: Table): void {
  const cells = rows.map((row) => row.map(cellText));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  const isNumber = headings.map((_, column) => rows.every((row) => typeof row[column] !== "string"));
  const aligned = (row: readonly string[]) =>
    row
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  if (title !== undefined) stdout.write(`\n${bold(title)}\n`);
  stdout.write(`${bold(aligned(headings))}\n`);
  for (const row of cells) stdout.write(`${aligned(row)}\n`);
}

function tabSeparated(row: readonly Cell[]): string {
  return row.map((cell) => cellText(cell).replaceAll("\t", " ")).join("\t");
}

function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? "-" : printable(String(cell));
}
