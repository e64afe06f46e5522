import { createSignal, For, type JSX } from "solid-js";
import { type ExportRow, saveFile, toCsv, toNdjson } from "./export-rows.ts";
import { sayDone, sayFailed } from "./toast.ts";

/** As many rows as one file takes; whoever needs more asks for a shorter window. */
export const MOST_EXPORTED = 5_000;

const FORMATS = [
  { name: "CSV", ending: "csv", type: "text/csv;charset=utf-8", write: toCsv },
  { name: "NDJSON", ending: "ndjson", type: "application/x-ndjson", write: toNdjson },
] as const;

/** Every row that the filters let through, not only those on the page. */
export function ExportButtons(props: {
  /** Of the file, without its ending. */
  name: string;
  rows: () => Promise<readonly ExportRow[]>;
}): JSX.Element {
  const [isRunning, setRunning] = createSignal(false);
  const save = async (format: (typeof FORMATS)[number]) => {
    setRunning(true);
    try {
      const rows = await props.rows();
      const name = `${props.name}.${format.ending}`;
      saveFile(name, format.type, format.write(rows));
      sayDone(`${name}: ${rows.length} ${rows.length === 1 ? "row" : "rows"}`);
    } catch (error) {
      sayFailed("The rows could not be exported", error);
    }
    setRunning(false);
  };
  return (
    <For each={FORMATS}>
      {(format) => (
        <button
          class="btn"
          type="button"
          disabled={isRunning()}
          title={`Export as ${format.name}`}
          onClick={() => void save(format)}
        >
          {format.name}
        </button>
      )}
    </For>
  );
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
