/** Why requests were refused: errors, fallbacks and denials, each with the routes it struck. */
import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { CauseRow, CausesView } from "../../shared/dashboard/usage.ts";
import { useSession } from "../session.tsx";
import type { ExportColumn } from "../ui/export.ts";
import { ExportList } from "../ui/export-list.tsx";
import { count, percent } from "../ui/format.ts";
import { StatusLabel, type StatusName } from "../ui/mark.tsx";
import { Empty } from "../ui/states.tsx";
import { useRoomHref } from "../ui/url.ts";

const MARKS: Readonly<Record<CauseRow["kind"], { readonly status: StatusName; readonly words: string }>> = {
  denial: { status: "fallback", words: "Denied" },
  fallback: { status: "fallback", words: "Fallback" },
  error: { status: "error", words: "Error" },
};
const MOST_ROUTES = 4;

interface Struck {
  readonly kind: string;
  readonly code: string;
  readonly routeKind: string;
  readonly requests: number;
}

const EXPORTED: readonly ExportColumn<Struck>[] = [
  { name: "kind", value: ({ kind }) => kind },
  { name: "code", value: ({ code }) => code },
  { name: "route_kind", value: ({ routeKind }) => routeKind },
  { name: "requests", value: ({ requests }) => requests },
];

export function Causes(props: { view: CausesView }): JSX.Element {
  const { pool } = useSession();
  const rows = async () =>
    props.view.rows.flatMap(({ kind, code, routes }) =>
      routes.map(({ routeKind, requests }) => ({ kind, code, routeKind, requests })),
    );
  return (
    <>
      <div class="sec-head">
        <h2 id="h-causes">Why not served</h2>
        <span class="faint">
          {count(props.view.refused)} of {count(props.view.requests)} requests,{" "}
          {percent(props.view.requests === 0 ? null : props.view.refused / props.view.requests)}
        </span>
        <span class="more export">
          <ExportList name={`octopool-${pool()}-causes`} columns={EXPORTED} rows={rows} />
        </span>
      </div>
      <Show
        when={props.view.rows.length > 0}
        fallback={<Empty title="Everything was served" text="No error, fallback or denial in this window." />}
      >
        <ul class="causes">
          <For each={props.view.rows}>{(cause) => <Cause cause={cause} />}</For>
        </ul>
      </Show>
    </>
  );
}

function Cause(props: { cause: CauseRow }): JSX.Element {
  const href = useRoomHref();
  const filter = () => (props.cause.kind === "error" ? {} : { reason: props.cause.code });
  const rest = () => props.cause.routes.length - MOST_ROUTES;
  return (
    <li>
      <div class="cause-head">
        <StatusLabel status={MARKS[props.cause.kind].status}>{MARKS[props.cause.kind].words}</StatusLabel>
        <A class="row-link mono" href={href("/traffic", filter())}>
          {props.cause.code}
        </A>
        <b class="strong">{count(props.cause.requests)}</b>
      </div>
      <p class="faint">{props.cause.says}</p>
      <p class="cause-routes">
        <For each={props.cause.routes.slice(0, MOST_ROUTES)}>
          {(route) => (
            <A class="row-link nowrap" href={href("/traffic", { ...filter(), kind: route.routeKind })}>
              <span class="mono">{route.routeKind}</span> {count(route.requests)}
            </A>
          )}
        </For>
        <Show when={rest() > 0}>
          <span class="faint">and {count(rest())} more kinds</span>
        </Show>
      </p>
    </li>
  );
}
