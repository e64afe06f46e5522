/** How much is stored, of which kinds, and how fresh. */
import { A } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import type { CacheTotalsView } from "../../shared/dashboard/cache.ts";
import { bytes, count, percent } from "../ui/format.ts";
import { StatusMark } from "../ui/mark.tsx";
import { CopyCommand, Empty } from "../ui/states.tsx";
import { useRoomHref } from "../ui/url.ts";
import "../ui/table.css";

export function CacheTotals(props: { view: CacheTotalsView }): JSX.Element {
  return (
    <Show
      when={props.view.entries > 0}
      fallback={
        <Empty title="Nothing is stored yet" text="The first answer that a client asks for is stored here.">
          <CopyCommand command={`octopool login ${location.origin}`} />
        </Empty>
      }
    >
      <Totals view={props.view} />
      <Kinds view={props.view} />
    </Show>
  );
}

function Totals(props: { view: CacheTotalsView }): JSX.Element {
  const share = (part: number) => percent(part / props.view.entries);
  return (
    <dl class="totals">
      <div>
        <dt>Entries</dt>
        <dd>{count(props.view.entries)}</dd>
      </div>
      <div>
        <dt>
          <span class="status">
            <StatusMark status="hit" />
            Fresh
          </span>
        </dt>
        <dd>
          {count(props.view.fresh)} <small>{share(props.view.fresh)}</small>
        </dd>
      </div>
      <div>
        <dt>
          <span class="status">
            <StatusMark status="stale" />
            Stale
          </span>
        </dt>
        <dd>
          {count(props.view.stale)} <small>{share(props.view.stale)}</small>
        </dd>
      </div>
      <div>
        <dt>Bodies</dt>
        <dd>{bytes(props.view.bodyBytes)}</dd>
      </div>
    </dl>
  );
}

function Kinds(props: { view: CacheTotalsView }): JSX.Element {
  const href = useRoomHref();
  const most = () => Math.max(1, ...props.view.kinds.map(({ entries }) => entries));
  return (
    <section class="sec" aria-labelledby="h-kinds">
      <div class="sec-head">
        <h2 id="h-kinds">By route kind</h2>
        <span class="faint">stale ones are kept to be renewed, or served while GitHub does not answer</span>
      </div>
      <div class="table-box">
        <table class="table bleed kinds">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" class="bar">
                Fresh and stale
              </th>
              <th scope="col" class="num">
                Entries
              </th>
              <th scope="col" class="num">
                Fresh
              </th>
              <th scope="col" class="num opt">
                Stale
              </th>
              <th scope="col" class="num opt">
                Bodies
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={props.view.kinds}>
              {(kind) => (
                <tr>
                  <td>
                    <A class="row-link mono" href={href("/routes", { q: kind.routeKind })}>
                      {kind.routeKind}
                    </A>
                  </td>
                  <td class="bar" aria-label={`${kind.fresh} fresh, ${kind.stale} stale`}>
                    <div class="stack" style={{ width: `${((kind.entries / most()) * 100).toFixed(2)}%` }}>
                      <Show when={kind.fresh > 0}>
                        <i class="f-hit" style={{ flex: `${kind.fresh} 0 0` }} />
                      </Show>
                      <Show when={kind.stale > 0}>
                        <i class="f-stale" style={{ flex: `${kind.stale} 0 0` }} />
                      </Show>
                    </div>
                  </td>
                  <td class="num">{count(kind.entries)}</td>
                  <td class="num">{percent(kind.fresh / kind.entries)}</td>
                  <td class="num opt">{count(kind.stale)}</td>
                  <td class="num opt">{bytes(kind.bodyBytes)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </section>
  );
}
