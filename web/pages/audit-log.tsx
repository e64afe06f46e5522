/** What operators did: who, what, before and after. */
import { createMemo, For, type JSX, Show } from "solid-js";
import type { AdminLogRow, AdminLogView } from "../../shared/dashboard/admin-log.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import type { ExportColumn } from "../ui/export.ts";
import { allRows, ExportList } from "../ui/export-list.tsx";
import { FilterBar, type FilterField } from "../ui/filters.tsx";
import { count } from "../ui/format.ts";
import { More } from "../ui/more.tsx";
import { Page } from "../ui/page.tsx";
import { createPaged } from "../ui/paged.ts";
import { Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useUrlState } from "../ui/url.ts";
import { WINDOWS, type WindowName } from "../../shared/dashboard/window.ts";
import { ACTION_WORDS, NOUNS } from "./act-words.ts";
import "./rooms.css";
import "./audit-log.css";

const EVERY_MS = 30_000;
const FILTERS = ["actor", "action", "since", "q"] as const;

export default function AuditLog(): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const since = () => WINDOWS.find((name) => name === url.get("since"));
  const input = createMemo(
    () =>
      filled({ pool: pool(), actor: url.get("actor"), action: url.get("action"), text: url.get("q"), window: since() }),
    undefined,
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  );
  const read = (asked: ReturnType<typeof input>, cursor: string | undefined, signal?: AbortSignal) =>
    api.adminLog.list.query(
      {
        ...asked,
        limit: cursor === undefined && signal !== undefined ? 50 : 200,
        ...(cursor === undefined ? {} : { cursor }),
      },
      signal === undefined ? {} : { signal },
    );
  const paged = createPaged(
    input,
    (asked, cursor, signal): Promise<AdminLogView> => read(asked, cursor, signal),
    () => ({
      everyMs: EVERY_MS,
    }),
  );
  const rows = () => paged.live.value()?.rows ?? [];
  const exported = async () => {
    const asked = input();
    return allRows((cursor) => read(asked, cursor));
  };
  const isFiltered = () => FILTERS.some((name) => url.get(name) !== undefined);
  return (
    <Page title="Audit log" live={paged.live} isFlush>
      <FilterBar
        fields={fieldsOf(rows())}
        search={{ name: "q", placeholder: "What it was done to" }}
        count={paged.live.value() === undefined ? undefined : `${count(rows().length)} shown`}
        tools={<ExportList name={`octopool-${pool()}-audit-log`} columns={EXPORTED} rows={exported} />}
      />
      <div class="list-pad">
        <LiveView live={paged.live} problem="The audit log could not be read" skeleton={<Skeleton rows={10} />}>
          {(view) => (
            <Show when={view().rows.length > 0} fallback={<Nothing isFiltered={isFiltered()} />}>
              <DataTable caption="What operators did" columns={COLUMNS} rows={view().rows} class="acts-table" />
              <More paged={paged} />
            </Show>
          )}
        </LiveView>
      </div>
    </Page>
  );
}

function filled(given: {
  readonly pool: string;
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly text: string | undefined;
  readonly window: WindowName | undefined;
}) {
  const { pool, actor, action, text, window } = given;
  return {
    pool,
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(text === undefined ? {} : { text }),
    ...(window === undefined ? {} : { window }),
  };
}

function fieldsOf(rows: readonly AdminLogRow[]): readonly FilterField[] {
  const actors = [...new Set(rows.map(({ actor }) => actor))].toSorted((one, other) => (one < other ? -1 : 1));
  return [
    { name: "actor", label: "Who", options: actors.map((value) => ({ value })) },
    { name: "action", label: "What", options: NOUNS },
    {
      name: "since",
      label: "Since",
      options: WINDOWS.map((value) => ({ value, label: `the last ${value.replace(/(\d+)/, "$1 ")}` })),
    },
  ];
}

const COLUMNS: readonly Column<AdminLogRow>[] = [
  { name: "When", class: "nowrap", cell: (row) => <Time at={row.at} /> },
  { name: "Who", class: "nowrap", cell: (row) => <span class="mono">{row.actor}</span> },
  {
    name: "What",
    class: "nowrap",
    cell: (row) => <span title={row.action}>{ACTION_WORDS[row.action] ?? row.action}</span>,
  },
  { name: "To", class: "anywhere", cell: (row) => <span class="mono">{row.subject}</span> },
  { name: "Before and after", class: "anywhere", cell: (row) => <Changes row={row} /> },
];

const MOST_CHANGES = 6;

function Changes(props: { row: AdminLogRow }): JSX.Element {
  const rest = () => props.row.changes.length - MOST_CHANGES;
  return (
    <Show when={props.row.changes.length > 0} fallback={<span class="faint">–</span>}>
      <ul class="changes">
        <For each={props.row.changes.slice(0, MOST_CHANGES)}>
          {(change) => (
            <li>
              <span class="faint">{change.field}</span>{" "}
              <Show when={change.before !== null}>
                <del>{change.before}</del>{" "}
              </Show>
              <Show when={change.after !== null} fallback={<span class="faint">(gone)</span>}>
                <ins>{change.after}</ins>
              </Show>
            </li>
          )}
        </For>
        <Show when={rest() > 0}>
          <li class="faint">and {count(rest())} more</li>
        </Show>
      </ul>
    </Show>
  );
}

function Nothing(props: { isFiltered: boolean }): JSX.Element {
  const url = useUrlState();
  return (
    <Show
      when={props.isFiltered}
      fallback={<Empty title="No act yet" text="Whatever an operator changes in this pool is written down here." />}
    >
      <Empty title="No act matches" text="Nothing in the audit log fits these filters.">
        <button
          class="btn"
          type="button"
          onClick={() => url.set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        >
          Clear filters
        </button>
      </Empty>
    </Show>
  );
}

const textOf = (row: AdminLogRow, of: "before" | "after") =>
  row.changes
    .filter((change) => change[of] !== null)
    .map((change) => `${change.field}=${change[of]}`)
    .join("; ");

const EXPORTED: readonly ExportColumn<AdminLogRow>[] = [
  { name: "time", value: ({ at }) => new Date(at).toISOString() },
  { name: "actor", value: ({ actor }) => actor },
  { name: "action", value: ({ action }) => action },
  { name: "subject", value: ({ subject }) => subject },
  { name: "before", value: (row) => textOf(row, "before") },
  { name: "after", value: (row) => textOf(row, "after") },
  { name: "request_id", value: ({ requestId }) => requestId },
];
