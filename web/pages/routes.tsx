/** What can be asked: the catalogue, each kind with how long it stays fresh, how it is fetched, and what it carried. */
import { A } from "@solidjs/router";
import { createMemo, For, type JSX, Show } from "solid-js";
import type { RouteRow, RoutesView } from "../../shared/dashboard/routes.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { allRows } from "../ui/export-list.tsx";
import { FilterBar, type FilterField } from "../ui/filters.tsx";
import { count, latency, percent } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { Page } from "../ui/page.tsx";
import { Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { useRoomHref, useUrlState, useWindow } from "../ui/url.ts";
import { freshnessWords } from "./route-words.ts";
import "./rooms.css";
import "./routes.css";

const EVERY_MS = 60_000;

export default function Routes(): JSX.Element {
  const { pool } = useSession();
  const window = useWindow("24h");
  const url = useUrlState();
  const live = createLive(
    () => ({ pool: pool(), window: window() }),
    async (asked, signal): Promise<RoutesView> => {
      let last: RoutesView | undefined;
      const rows = await allRows(async (cursor) => {
        const page = { ...asked, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
        return (last = await api.routes.list.query(page, { signal }));
      });
      return { now: 0, next: null, unclassified: 0, ...last, rows };
    },
    () => ({ everyMs: EVERY_MS }),
  );
  const shown = createMemo(() =>
    (live.value()?.rows ?? [])
      .filter((row) => fits(row, (name) => url.get(name)))
      // What carries most first; what nobody asked for stays in the catalogue's order.
      .toSorted((one, other) => other.traffic.requests - one.traffic.requests),
  );
  const total = () => live.value()?.rows.length ?? 0;
  const clear = () =>
    url.set({ q: undefined, family: undefined, via: undefined, resource: undefined, asked: undefined });
  return (
    <Page title="Routes" live={live} hasWindow defaultWindow="24h" isFlush>
      <FilterBar
        fields={fieldsOf(live.value()?.rows ?? [])}
        search={{ name: "q", placeholder: "Kind, path or words" }}
        count={total() === 0 ? undefined : `${count(shown().length)} of ${count(total())} kinds`}
      />
      <div class="list-pad">
        <LiveView live={live} problem="The catalogue could not be read" skeleton={<Skeleton rows={12} />}>
          {(view) => (
            <Show
              when={shown().length > 0}
              fallback={
                <Empty
                  title="No kind matches"
                  text={`${count(total())} kinds in the catalogue, none with these filters.`}
                >
                  <button class="btn" type="button" onClick={clear}>
                    Clear filters
                  </button>
                </Empty>
              }
            >
              <Unclassified requests={view().unclassified} />
              <RouteTable rows={shown()} />
            </Show>
          )}
        </LiveView>
      </div>
    </Page>
  );
}

function fits(row: RouteRow, get: (name: string) => string | undefined): boolean {
  const text = get("q")?.toLowerCase();
  const words = [row.kind, row.about, ...row.templates].join(" ").toLowerCase();
  if (text !== undefined && !words.includes(text)) return false;
  if (get("asked") === "yes" && row.traffic.requests === 0) return false;
  if (get("asked") === "no" && row.traffic.requests > 0) return false;
  const via = get("via");
  const [family, resource] = [get("family"), get("resource")];
  return (
    (family === undefined || family === row.family) &&
    (resource === undefined || resource === row.resource) &&
    (via === undefined || row.transports.includes(via))
  );
}

function fieldsOf(rows: readonly RouteRow[]): readonly FilterField[] {
  const options = (values: readonly string[]) => [...new Set(values)].map((value) => ({ value }));
  return [
    { name: "family", label: "Family", options: options(rows.map(({ family }) => family)) },
    { name: "via", label: "Transport", options: options(rows.flatMap(({ transports }) => transports)) },
    { name: "resource", label: "Rate bucket", options: options(rows.map(({ resource }) => resource)) },
    {
      name: "asked",
      label: "Asked for",
      options: [
        { value: "yes", label: "in this window" },
        { value: "no", label: "not in this window" },
      ],
    },
  ];
}

function Unclassified(props: { requests: number }): JSX.Element {
  const href = useRoomHref();
  return (
    <Show when={props.requests > 0}>
      <p class="faint small">
        <A class="link" href={href("/traffic", { kind: "unclassified" })}>
          {props.requests === 1 ? "1 request" : `${count(props.requests)} requests`}
        </A>{" "}
        {props.requests === 1 ? "was" : "were"} for paths outside the catalogue; callers ran those with their own gh.
      </p>
    </Show>
  );
}

function RouteTable(props: { rows: readonly RouteRow[] }): JSX.Element {
  const href = useRoomHref();
  const columns: readonly Column<RouteRow>[] = [
    {
      name: "Kind",
      class: "route-kind",
      cell: (row) => (
        <div>
          <A class="row-link mono strong" href={href("/traffic", { kind: row.kind })}>
            {row.kind}
          </A>
          <Show when={row.gate}>
            {(gate) => (
              <A class="tag" href={href("/policy")} title={`Served where the policy says ${gate()}`}>
                {gate()}
              </A>
            )}
          </Show>
          <For each={row.templates}>{(template) => <span class="mono faint block">{template}</span>}</For>
        </div>
      ),
    },
    {
      name: "Fresh",
      class: "route-fresh",
      cell: (row) => (
        <div title={row.about}>
          {freshnessWords(row.freshness).fresh}
          <span class="faint block">{freshnessWords(row.freshness).after}</span>
        </div>
      ),
    },
    { name: "Through", class: "route-via", cell: (row) => <span class="faint">{row.transports.join(", ")}</span> },
    {
      name: "Requests",
      isNumber: true,
      cell: (row) => (
        <Show when={row.traffic.requests > 0} fallback={<span class="faint">0</span>}>
          {count(row.traffic.requests)}
        </Show>
      ),
    },
    {
      name: "Hit rate",
      isNumber: true,
      title: "Of what a cache could answer",
      cell: (row) => percent(row.traffic.hitRate),
    },
    { name: "Mean", isNumber: true, title: "Mean time of an answer", cell: (row) => latency(row.traffic.avgMs) },
    { name: "Missed because", class: "route-why", cell: (row) => <MissReasons row={row} /> },
  ];
  return <DataTable caption="The catalogue" columns={columns} rows={props.rows} class="catalogue" />;
}

function MissReasons(props: { row: RouteRow }): JSX.Element {
  const href = useRoomHref();
  return (
    <Show when={props.row.traffic.missReasons.length > 0} fallback={<span class="faint">–</span>}>
      <span class="reasons">
        <For each={props.row.traffic.missReasons.slice(0, 3)}>
          {({ reason, requests }) => (
            <A class="row-link nowrap" href={href("/traffic", { kind: props.row.kind, answer: "miss" })}>
              <span class="faint">{reason.replaceAll("_", " ")}</span> {count(requests)}
            </A>
          )}
        </For>
      </span>
    </Show>
  );
}
