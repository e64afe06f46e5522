/** What is stored: how much, where one thing is, and the end of it. */
import { createMemo, createSignal, type JSX, lazy, Show, Suspense } from "solid-js";
import type { CacheSearchView, CacheTarget } from "../../shared/dashboard/cache.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { createLive } from "../ui/live.ts";
import { More } from "../ui/more.tsx";
import { Page } from "../ui/page.tsx";
import { createPaged } from "../ui/paged.ts";
import { Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { useUrlState } from "../ui/url.ts";
import { EntryDrawer } from "./cache-entry.tsx";
import { CacheSearch, EntryTable } from "./cache-search.tsx";
import { CacheTotals } from "./cache-totals.tsx";
import "./rooms.css";
import "./cache.css";

const PurgeDialog = lazy(() => import("./cache-purge.tsx"));

const EVERY_MS = 30_000;
const KINDS = ["repository", "path", "key"] as const;
const NOTHING: CacheSearchView = { now: 0, rows: [], next: null };

/** What the address asks for: `by` and `q`. Undefined: nothing. */
function useTarget() {
  const url = useUrlState();
  return createMemo<CacheTarget | undefined>(
    () => {
      const value = url.get("q");
      const kind = KINDS.find((each) => each === url.get("by")) ?? "repository";
      return value === undefined ? undefined : { kind, value };
    },
    undefined,
    { equals: (one, other) => one?.kind === other?.kind && one?.value === other?.value },
  );
}

export default function Cache(): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const target = useTarget();
  const [purging, setPurging] = createSignal<CacheTarget>();
  const totals = createLive(
    pool,
    (asked, signal) => api.cache.totals.query({ pool: asked }, { signal }),
    () => ({ everyMs: EVERY_MS }),
  );
  const found = createPaged(
    () => ({ pool: pool(), target: target() }),
    async ({ target: asked, ...rest }, cursor, signal): Promise<CacheSearchView> =>
      asked === undefined
        ? NOTHING
        : api.cache.search.query({ ...rest, target: asked, ...(cursor === undefined ? {} : { cursor }) }, { signal }),
  );
  const refresh = () => {
    totals.refresh();
    found.live.refresh();
  };
  return (
    <Page title="Cache" live={totals} isFlush>
      <div class="split" classList={{ closed: url.get("entry") === undefined }}>
        <div class="pane">
          <CacheSearch target={target()} purge={setPurging} />
          <div class="list-pad">
            <Show
              when={target()}
              fallback={
                <LiveView live={totals} problem="The cache could not be counted" skeleton={<Skeleton rows={10} />}>
                  {(view) => <CacheTotals view={view()} />}
                </LiveView>
              }
            >
              {(asked) => (
                <LiveView live={found.live} problem="The cache could not be searched" skeleton={<Skeleton rows={8} />}>
                  {(view) => (
                    <Show when={view().rows.length > 0} fallback={<NothingFound target={asked()} />}>
                      <EntryTable rows={view().rows} />
                      <More paged={found} />
                    </Show>
                  )}
                </LiveView>
              )}
            </Show>
          </div>
        </div>
        <Show when={url.get("entry")} keyed>
          {(cacheKey) => (
            <EntryDrawer cacheKey={cacheKey} purge={setPurging} onClose={() => url.set({ entry: undefined })} />
          )}
        </Show>
      </div>
      <Suspense>
        <Show when={purging()} keyed>
          {(what) => (
            <PurgeDialog
              target={what}
              onDone={(counted) => {
                url.set({ entry: undefined });
                refresh();
                return counted;
              }}
              onClose={() => setPurging(undefined)}
            />
          )}
        </Show>
      </Suspense>
    </Page>
  );
}

function NothingFound(props: { target: CacheTarget }): JSX.Element {
  const url = useUrlState();
  return (
    <Empty
      title="Nothing is stored for that"
      text={`No answer in this pool belongs to the ${props.target.kind === "key" ? "surrogate key" : props.target.kind} ${props.target.value}. It was never asked for, or has ended.`}
    >
      <button class="btn" type="button" onClick={() => url.set({ q: undefined, by: undefined })}>
        Back to the totals
      </button>
    </Empty>
  );
}
