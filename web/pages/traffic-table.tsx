import { For, type JSX, Show } from "solid-js";
import type { TrafficRow } from "../../shared/dashboard/traffic.ts";
import { clockSeconds, count, exact, latency } from "../ui/format.ts";
import { StatusLabel } from "../ui/mark.tsx";
import "../ui/table.css";
import "../ui/rows.css";

/** Audit rows; each opens its way in the drawer. */
export function TrafficTable(props: {
  rows: readonly TrafficRow[];
  open: number | undefined;
  onOpen: (id: number) => void;
}): JSX.Element {
  return (
    <table class="table rows">
      <caption class="sr">Requests, newest first</caption>
      <thead>
        <tr>
          <th scope="col" class="c-time">
            Time
          </th>
          <th scope="col" class="c-who">
            Caller, client
          </th>
          <th scope="col" class="c-route">
            Route
          </th>
          <th scope="col" class="c-status">
            Answer, why
          </th>
          <th scope="col" class="c-via">
            From
          </th>
          <th scope="col" class="c-units num">
            Units
          </th>
          <th scope="col" class="c-ms num" title="Bars on a logarithmic scale, 0.5 ms to 1 s">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.rows}>
          {(row) => <Row row={row} isOpen={props.open === row.id} onOpen={() => props.onOpen(row.id)} />}
        </For>
      </tbody>
    </table>
  );
}

function Row(props: { row: TrafficRow; isOpen: boolean; onOpen: () => void }): JSX.Element {
  return (
    <tr aria-current={props.isOpen ? "true" : undefined} onClick={() => props.onOpen()}>
      <td class="c-time mono" title={exact(props.row.at)}>
        {clockSeconds(props.row.at)}
        <span class="frac">.{String(props.row.at % 1_000).padStart(3, "0")}</span>
      </td>
      <td class="c-who">
        {props.row.caller}
        <span class="sub">{props.row.client}</span>
      </td>
      <td class="c-route" title={props.row.path}>
        <button class="open mono" type="button" aria-expanded={props.isOpen} data-row={props.row.id}>
          {props.row.kind}
        </button>
        <span class="sub">{placeOf(props.row.path)}</span>
      </td>
      <td class="c-status">
        <StatusLabel status={props.row.answer} />
        <span class="sub">{props.row.why.replaceAll("_", " ")}</span>
      </td>
      <td class="c-via">
        <From row={props.row} />
      </td>
      <td class="c-units num">
        <span classList={{ faint: props.row.units === 0 }}>{count(props.row.units)}</span>
      </td>
      <td class="c-ms">
        <Duration ms={props.row.ms} />
      </td>
    </tr>
  );
}

const SOURCES: Readonly<Record<string, string>> = {
  github_web: "web",
  github_api: "anonymous",
  github_identity: "github",
};

function From(props: { row: TrafficRow }): JSX.Element {
  // Who filled the copy once is no matter of this request.
  const isCache = () => props.row.answer === "hit" || props.row.answer === "stale";
  const asked = () => props.row.identity || (props.row.isCoalesced ? "joined" : SOURCES[props.row.backend]);
  return (
    <Show when={!isCache() && asked()} fallback={<span class="faint">{isCache() ? "cache" : "–"}</span>}>
      {(name) => <span class="mono">{name()}</span>}
    </Show>
  );
}

function Duration(props: { ms: number }): JSX.Element {
  return (
    <span class="ms">
      <i style={{ width: `${logShare(props.ms)}%` }} />
      <span>{latency(props.ms)}</span>
    </span>
  );
}

/** `acme/widget` of a repository's path; any other path as it is. */
export function placeOf(path: string): string {
  const [, owner, repo] = /^\/(?:repos|networks)\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  return owner === undefined ? path : `${owner}/${repo}`;
}

/** 0.5 ms is nothing, 1 s is all. */
function logShare(ms: number): number {
  return Math.round(Math.min(1, Math.max(0.02, Math.log(Math.max(ms, 0.5) / 0.5) / Math.log(2_000))) * 100);
}
