/** Who used the pool, and how much of it. */
import { A } from "@solidjs/router";
import type { JSX } from "solid-js";
import { Show } from "solid-js";
import type { CallerUseRow, CallerUseView } from "../../shared/dashboard/usage.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import type { ExportColumn } from "../ui/export.ts";
import { allRows, ExportList } from "../ui/export-list.tsx";
import { count, percent } from "../ui/format.ts";
import { More } from "../ui/more.tsx";
import type { Paged } from "../ui/paged.ts";
import { Empty } from "../ui/states.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { useRoomHref, useWindow } from "../ui/url.ts";

const EXPORTED: readonly ExportColumn<CallerUseRow>[] = [
  { name: "caller_id", value: ({ callerId }) => callerId },
  { name: "login", value: ({ login }) => login },
  { name: "requests", value: ({ requests }) => requests },
  { name: "share", value: ({ share }) => share },
  { name: "eligible_hit_rate", value: ({ hitRate }) => hitRate },
  { name: "saved", value: ({ saved }) => saved },
  { name: "quota_units", value: ({ quotaUnits }) => quotaUnits },
  { name: "fallbacks", value: ({ fallbacks }) => fallbacks },
  { name: "errors", value: ({ errors }) => errors },
];

export function CallerUse(props: { view: CallerUseView; paged: Paged<CallerUseView> }): JSX.Element {
  const { pool } = useSession();
  const href = useRoomHref();
  const window = useWindow("7d");
  const rows = async () => {
    const input = { pool: pool(), window: window(), limit: 200 };
    return allRows((cursor) => api.usage.callers.query({ ...input, ...(cursor === undefined ? {} : { cursor }) }));
  };
  const columns: readonly Column<CallerUseRow>[] = [
    {
      name: "Caller",
      cell: (row) => (
        <A class="row-link" href={href("/callers", { caller: row.callerId })}>
          {row.login === "" ? <span class="mono">{row.callerId}</span> : row.login}
        </A>
      ),
    },
    {
      name: "Share",
      class: "share",
      cell: (row) => (
        <span class="share-bar">
          <i style={{ width: `${(row.share * 100).toFixed(2)}%` }} />
          <span>{percent(row.share)}</span>
        </span>
      ),
    },
    { name: "Requests", isNumber: true, cell: (row) => count(row.requests) },
    { name: "Hit rate", isNumber: true, cell: (row) => percent(row.hitRate) },
    { name: "Units", isNumber: true, title: "Quota spent", cell: (row) => count(row.quotaUnits) },
    { name: "Fallbacks", isNumber: true, cell: (row) => count(row.fallbacks) },
  ];
  return (
    <>
      <div class="sec-head">
        <h2 id="h-callers">Who asked</h2>
        <span class="faint">{count(props.view.total)} callers</span>
        <span class="more export">
          <ExportList name={`octopool-${pool()}-callers`} columns={EXPORTED} rows={rows} />
        </span>
      </div>
      <Show
        when={props.view.rows.length > 0}
        fallback={<Empty title="Nobody asked" text="No caller made a request in this window." />}
      >
        <DataTable caption="Use by caller" columns={columns} rows={props.view.rows} />
        <More paged={props.paged} total={props.view.total} />
      </Show>
    </>
  );
}
