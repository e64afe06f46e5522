/** A whole list as a file: every row that the filters let through, not only those on the page. */
import { createSignal, type JSX } from "solid-js";
import { csvOf, type ExportColumn, type ExportFormat, ndjsonOf, save } from "./export.ts";
import { ExportMenu } from "./export-menu.tsx";
import { sayDone, sayFailed } from "./toast.ts";

/** As many rows as one file takes; whoever needs more asks for a shorter window. */
export const MOST_EXPORTED = 5_000;

export function ExportList<Row>(props: {
  /** Of the file, without its ending. */
  name: string;
  columns: readonly ExportColumn<Row>[];
  rows: () => Promise<readonly Row[]>;
}): JSX.Element {
  const [isRunning, setRunning] = createSignal(false);
  const write = async (format: ExportFormat) => {
    const { name, columns } = props;
    setRunning(true);
    try {
      const rows = await props.rows();
      save(name, format, format === "csv" ? csvOf(columns, rows) : ndjsonOf(columns, rows));
      sayDone(`${name}.${format}: ${rows.length} ${rows.length === 1 ? "row" : "rows"}`);
    } catch (error) {
      sayFailed("The rows could not be exported", error);
    }
    setRunning(false);
  };
  return <ExportMenu onExport={(format) => void write(format)} disabled={isRunning()} />;
}

/** All pages of a list, up to what one file takes. */
export async function allRows<Row>(
  read: (cursor: string | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < MOST_EXPORTED);
  return rows.slice(0, MOST_EXPORTED);
}
