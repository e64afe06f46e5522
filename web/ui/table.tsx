/** Rows of one kind in columns; on small screens each row becomes an entry with its column names. */
import { For, type JSX } from "solid-js";
import "./table.css";

export interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  /** For widths. */
  readonly class?: string;
  /** What the name alone does not say. */
  readonly title?: string;
  readonly cell: (row: Row) => JSX.Element;
}

export function DataTable<Row>(props: {
  /** For those who cannot see where the table stands. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  class?: string;
}): JSX.Element {
  return (
    <div class="table-box">
      <table class={`table bleed data ${props.class ?? ""}`}>
        <caption class="sr">{props.caption}</caption>
        <thead>
          <tr>
            <For each={props.columns}>
              {(column) => (
                <th scope="col" class={classOf(column)} title={column.title}>
                  {column.name}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <For each={props.columns}>
                  {(column) => (
                    <td class={classOf(column)} data-name={column.name}>
                      {column.cell(row)}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return `${column.isNumber === true ? "num" : ""} ${column.class ?? ""}`.trim();
}
