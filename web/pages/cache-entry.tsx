/** One stored answer: its ends, its keys, and who filled it. */
import { For, type JSX, Show } from "solid-js";
import type { CacheEntryView, CacheTarget } from "../../shared/dashboard/cache.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { now } from "../ui/clock.ts";
import { bytes, count, duration, exact } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { StatusLabel } from "../ui/mark.tsx";
import { SideDrawer } from "../ui/side-drawer.tsx";
import { LiveView, Skeleton } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { useUrlState } from "../ui/url.ts";
import { filledBy, STATE_MARKS } from "./cache-search.tsx";

export function EntryDrawer(props: {
  cacheKey: string;
  purge: (target: CacheTarget) => void;
  onClose: () => void;
}): JSX.Element {
  const { pool } = useSession();
  const entry = createLive(
    () => ({ pool: pool(), cacheKey: props.cacheKey }),
    (asked, signal) => api.cache.entry.query(asked, { signal }),
  );
  return (
    <SideDrawer
      label="Stored answer"
      title={<span class="mono">{props.cacheKey.slice(0, 16)}</span>}
      onClose={() => props.onClose()}
    >
      <LiveView live={entry} problem="The entry could not be read" skeleton={<Skeleton rows={8} />}>
        {(view) => <Entry entry={view()} purge={props.purge} />}
      </LiveView>
    </SideDrawer>
  );
}

function Entry(props: { entry: CacheEntryView; purge: (target: CacheTarget) => void }): JSX.Element {
  const words = () => STATE_MARKS[props.entry.state];
  return (
    <>
      <h2 class="verdict">
        <StatusLabel status={words().status}>
          <span>
            <b class="strong">{words().words}</b>
            {verdict(props.entry, now())}
          </span>
        </StatusLabel>
      </h2>
      <p class="asked">
        <span class="mono">
          GET {props.entry.path}
          <span class="faint">{props.entry.query === "" ? "" : `?${props.entry.query}`}</span>
        </span>
      </p>
      <dl class="facts">
        <div>
          <dt>Status</dt>
          <dd>{props.entry.status}</dd>
        </div>
        <div>
          <dt>Body</dt>
          <dd>{bytes(props.entry.bodyBytes)}</dd>
        </div>
        <div>
          <dt>Age</dt>
          <dd>
            <Time at={props.entry.fetchedAt}>{duration(now() - props.entry.fetchedAt)}</Time>
          </dd>
        </div>
        <div>
          <dt>Filled by</dt>
          <dd class="mono">{filledBy(props.entry)}</dd>
        </div>
      </dl>
      <div class="drawer-acts">
        <button class="btn" type="button" onClick={() => props.purge({ kind: "path", value: props.entry.path })}>
          Purge it
        </button>
        <Show when={props.entry.repository}>
          {(value) => (
            <button class="btn" type="button" onClick={() => props.purge({ kind: "repository", value: value() })}>
              Purge {value()}
            </button>
          )}
        </Show>
      </div>
      <Ends entry={props.entry} />
      <Keys entry={props.entry} purge={props.purge} />
    </>
  );
}

function verdict(entry: CacheEntryView, at: number): string {
  switch (entry.state) {
    case "fresh":
      return `, served as a hit for ${duration(entry.freshUntil - at)} more`;
    case "stale":
      return `; it is renewed when it is next asked for, and of use for ${duration(entry.staleUntil - at)} more`;
    case "purged":
      return "; it is served to nobody, and swept in time";
    case "ended":
      return "; it is swept within the hour";
    default:
      return entry.state satisfies never;
  }
}

function Ends(props: { entry: CacheEntryView }): JSX.Element {
  const when = (at: number) => (at > now() ? `in ${duration(at - now())}` : `${duration(now() - at)} ago`);
  return (
    <section class="part">
      <h3>What it is</h3>
      <dl class="kv">
        <dt>Kind</dt>
        <dd class="mono">{props.entry.routeKind}</dd>
        <dt>Fresh until</dt>
        <dd title={exact(props.entry.freshUntil)}>{when(props.entry.freshUntil)}</dd>
        <Show when={props.entry.swrUntil > props.entry.freshUntil}>
          <dt>Served at once until</dt>
          <dd title={exact(props.entry.swrUntil)}>{when(props.entry.swrUntil)}, while one fill renews it</dd>
        </Show>
        <dt>Of use until</dt>
        <dd title={exact(props.entry.staleUntil)}>{when(props.entry.staleUntil)}</dd>
        <dt>Validator</dt>
        <dd>
          <Show when={props.entry.validator} fallback={<span class="faint">none: it is fetched whole again</span>}>
            {(validator) => (
              <>
                {validator().name} <span class="mono">{validator().value}</span>
              </>
            )}
          </Show>
        </dd>
        <dt>Content type</dt>
        <dd>{props.entry.contentType ?? "–"}</dd>
        <dt>Stored</dt>
        <dd>
          {bytes(props.entry.storedBytes)}, {props.entry.isInBucket ? "in the bucket" : "in its row"}
        </dd>
      </dl>
    </section>
  );
}

function Keys(props: { entry: CacheEntryView; purge: (target: CacheTarget) => void }): JSX.Element {
  const url = useUrlState();
  const generation = (value: number) => (value === 0 ? "never purged" : `generation ${count(value)}`);
  return (
    <section class="part">
      <h3>Surrogate keys: a purge of any of them ends it</h3>
      <ul>
        <For each={props.entry.keys}>
          {(key) => (
            <li>
              <span class="what">
                <button
                  class="row-link mono"
                  type="button"
                  onClick={() => url.set({ by: "key", q: key.key, entry: undefined })}
                >
                  {key.key}
                </button>
                <span class="faint block">
                  {generation(key.generation)}
                  <Show when={key.now !== key.generation}>
                    , <span class="warn-ink">{generation(key.now)} now</span>
                  </Show>
                </span>
              </span>
              <button class="btn quiet" type="button" onClick={() => props.purge({ kind: "key", value: key.key })}>
                Purge
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
