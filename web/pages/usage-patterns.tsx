/** Normalized patterns of requests, most frequent first. */
import { A } from "@solidjs/router";
import { type JSX, Show } from "solid-js";
import type { PatternRow, PatternsView } from "../../shared/dashboard/usage.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import type { ExportColumn } from "../ui/export.ts";
import { allRows, ExportList } from "../ui/export-list.tsx";
import { SearchBox } from "../ui/filters.tsx";
import { count, latency, percent } from "../ui/format.ts";
import { More } from "../ui/more.tsx";
import type { Paged } from "../ui/paged.ts";
import { Banner, CopyCommand, Empty } from "../ui/states.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useRoomHref, useUrlState, useWindow } from "../ui/url.ts";

const EXPORTED: readonly ExportColumn<PatternRow>[] = [
  { name: "route_kind", value: ({ routeKind }) => routeKind },
  { name: "pattern", value: ({ pattern }) => pattern },
  { name: "requests", value: ({ requests }) => requests },
  { name: "eligible_hit_rate", value: ({ hitRate }) => hitRate },
  { name: "saved", value: ({ saved }) => saved },
  { name: "quota_units", value: ({ quotaUnits }) => quotaUnits },
  { name: "fallbacks", value: ({ fallbacks }) => fallbacks },
  { name: "errors", value: ({ errors }) => errors },
  { name: "mean_ms", value: ({ avgMs }) => Math.round(avgMs) },
  { name: "last_seen", value: ({ lastSeen }) => new Date(lastSeen).toISOString() },
];

export function PatternsHead(props: { view: PatternsView | undefined }): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const window = useWindow("7d");
  const rows = async () => {
    const input = { pool: pool(), window: window(), text: url.get("q") ?? "", limit: 200 };
    return allRows((cursor) => api.usage.patterns.query({ ...input, ...(cursor === undefined ? {} : { cursor }) }));
  };
  return (
    <div class="usage-head">
      <h2 class="h2" id="h-patterns">
        Patterns of requests
      </h2>
      <SearchBox name="q" placeholder="Kind or path" />
      <span class="faint nowrap">{props.view === undefined ? "" : `${count(props.view.total)} patterns`}</span>
      <span class="filter-tools">
        <ExportList name={`octopool-${pool()}-patterns`} columns={EXPORTED} rows={rows} />
      </span>
    </div>
  );
}

export function Patterns(props: { view: PatternsView; paged: Paged<PatternsView> }): JSX.Element {
  const url = useUrlState();
  const href = useRoomHref();
  const columns: readonly Column<PatternRow>[] = [
    {
      name: "Pattern",
      class: "anywhere",
      cell: (row) => (
        <span>
          <A class="row-link mono" href={href("/traffic", { kind: row.routeKind })}>
            {row.pattern}
          </A>
          <span class="faint mono block">{row.routeKind}</span>
        </span>
      ),
    },
    { name: "Requests", isNumber: true, cell: (row) => count(row.requests) },
    { name: "Hit rate", isNumber: true, title: "Of what a cache could answer", cell: (row) => percent(row.hitRate) },
    {
      name: "Saved",
      isNumber: true,
      title: "Answered without a call that costs quota",
      cell: (row) => count(row.saved),
    },
    { name: "Units", isNumber: true, title: "Quota spent", cell: (row) => count(row.quotaUnits) },
    { name: "Fallbacks", isNumber: true, cell: (row) => count(row.fallbacks) },
    { name: "Errors", isNumber: true, cell: (row) => count(row.errors) },
    { name: "Mean", isNumber: true, title: "Mean time of an answer", cell: (row) => latency(row.avgMs) },
    { name: "Last", isNumber: true, cell: (row) => <Time at={row.lastSeen} /> },
  ];
  return (
    <Show when={props.view.rows.length > 0} fallback={<NoPattern filter={url.get("q")} />}>
      <Show when={props.view.cut}>
        <Banner icon="warn">
          <b class="strong">There are more patterns than can be told apart.</b> The rarest are missing; a shorter window
          shows them.
        </Banner>
      </Show>
      <DataTable caption="Patterns of requests" columns={columns} rows={props.view.rows} />
      <More paged={props.paged} total={props.view.total} />
    </Show>
  );
}

function NoPattern(props: { filter: string | undefined }): JSX.Element {
  const url = useUrlState();
  return (
    <Show
      when={props.filter}
      fallback={
        <Empty title="No requests in this window" text="Point a client here, and what it asks is summed up by pattern.">
          <CopyCommand command={`octopool login ${location.origin}`} />
        </Empty>
      }
    >
      {(text) => (
        <Empty title="No pattern matches" text={`None in this window holds “${text()}”.`}>
          <button class="btn" type="button" onClick={() => url.set({ q: undefined })}>
            Clear the filter
          </button>
        </Empty>
      )}
    </Show>
  );
}
