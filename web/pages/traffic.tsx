/** What is going on: audit rows, newest first, live, narrowed by the address; each row opens its decision trail. */
import { createEffect, createMemo, createSignal, type JSX, lazy, on, Show, Suspense } from "solid-js";
import { NO_COUNTS, STATUS_NAMES, type StatusName, totalOf } from "../../shared/dashboard/status.ts";
import type { TrafficPage, TrafficRow } from "../../shared/dashboard/traffic.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import type { ExportFormat } from "../ui/export.ts";
import { ExportMenu } from "../ui/export-menu.tsx";
import { FilterBar } from "../ui/filters.tsx";
import { clock, clockSeconds, count } from "../ui/format.ts";
import { Legend } from "../ui/legend.tsx";
import { createLive } from "../ui/live.ts";
import { Icon } from "../ui/mark.tsx";
import { Page } from "../ui/page.tsx";
import { useShortcut } from "../ui/shortcuts.ts";
import { Stack } from "../ui/stack.tsx";
import { CopyCommand, Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { sayDone, sayFailed } from "../ui/toast.ts";
import { askedAfter } from "../ui/turn.ts";
import { useUrlState, useWindow } from "../ui/url.ts";
import { answersOf, fieldsOf, FILTER_NAMES, filtersOf } from "./traffic-filters.ts";
import { TrafficTable } from "./traffic-table.tsx";
import "../ui/drawer.css";

const TrafficDrawer = lazy(() =>
  import("./traffic-drawer.tsx").then(({ TrafficDrawer: drawer }) => ({ default: drawer })),
);

const LIVE_MS = 5_000;
const COUNTS_MS = 30_000;
const PAGE_ROWS = 50;

export default function Traffic(): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const window = useWindow();
  const filters = createMemo(() => filtersOf(url), undefined, {
    equals: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
  const ask = createMemo(() => ({ pool: pool(), window: window(), filters: filters() }));
  const [isTouched, setTouched] = createSignal(false);
  const [older, setOlder] = createSignal<readonly TrafficRow[]>([]);
  const [end, setEnd] = createSignal<Pick<TrafficPage, "next" | "lookedTo">>();
  const [pausedAt, setPausedAt] = createSignal<number>();
  const open = () => (/^\d{1,15}$/.test(url.get("row") ?? "") ? Number(url.get("row")) : undefined);
  // Rows must not move while somebody points at them, reads one, or has walked back in time.
  const isHeld = () => isTouched() || open() !== undefined || older().length > 0;
  const isLive = () => typeof window() === "string";

  const list = createLive(
    ask,
    (input, signal) => api.traffic.list.query({ ...input, limit: PAGE_ROWS }, { signal }),
    () => ({
      everyMs: isLive() && !isHeld() ? LIVE_MS : undefined,
    }),
  );
  const counts = createLive(
    askedAfter(list, ask),
    (input, signal) => api.traffic.counts.query(input, { signal }),
    () => ({
      everyMs: isLive() ? COUNTS_MS : undefined,
      key: "value",
    }),
  );
  const newest = () => {
    const row = list.value()?.rows[0];
    return row === undefined ? undefined : `${row.at}.${row.id}`;
  };
  const newer = createLive(
    () => ({ pool: pool(), after: newest(), filters: filters(), isOn: isLive() && (isHeld() || list.isPaused()) }),
    async ({ isOn, after, ...rest }, signal) =>
      isOn && after !== undefined
        ? api.traffic.newer.query({ ...rest, after }, { signal })
        : { count: 0, isMore: false },
    () => ({ everyMs: isLive() && (isHeld() || list.isPaused()) ? LIVE_MS : undefined }),
  );
  const waiting = () => newer.value()?.count ?? 0;

  createEffect(
    on(
      ask,
      () => {
        setOlder([]);
        setEnd(undefined);
      },
      { defer: true },
    ),
  );
  const rows = () => [...(list.value()?.rows ?? []), ...older()];
  const bounds = () => end() ?? list.value();
  const showNewest = () => {
    setOlder([]);
    setEnd(undefined);
    setPausedAt(undefined);
    if (list.isPaused()) list.setPaused(false);
    else list.refresh();
  };
  const togglePause = () => {
    if (list.isPaused()) return showNewest();
    setPausedAt(Date.now());
    list.setPaused(true);
  };
  useShortcut("p", "Pause or resume", togglePause);

  const loadOlder = async () => {
    const cursor = bounds()?.next;
    if (cursor == null) return;
    try {
      const page = await api.traffic.list.query({ ...ask(), limit: PAGE_ROWS, cursor });
      setOlder((all) => [...all, ...page.rows]);
      setEnd({ next: page.next, lookedTo: page.lookedTo });
    } catch (error) {
      sayFailed("Older rows could not be read", error);
    }
  };
  const exportRows = async (format: ExportFormat) => {
    try {
      const { exportTraffic } = await import("./traffic-export.ts");
      const done = await exportTraffic(ask(), format);
      sayDone(`${count(done.rows)} rows exported${done.isCut ? "; there are more, narrow the window for them" : ""}.`);
    } catch (error) {
      sayFailed("The rows could not be exported", error);
    }
  };

  const show = (id: number | undefined) => {
    const before = open();
    url.set({ row: id === undefined ? undefined : String(id) }, { replace: before !== undefined && id !== undefined });
    if (id === undefined) document.querySelector<HTMLElement>(`[data-row="${before}"]`)?.focus();
  };
  const step = (by: 1 | -1) => {
    const at = rows().findIndex(({ id }) => id === open());
    const next = rows()[at + by];
    if (at !== -1 && next !== undefined) show(next.id);
  };
  const toggle = (name: StatusName) => {
    const shown = answersOf(url) ?? STATUS_NAMES;
    const next = STATUS_NAMES.filter((each) => (each === name) !== shown.includes(each));
    url.set({ answer: next.length === STATUS_NAMES.length || next.length === 0 ? undefined : next.join(",") });
  };
  const clear = () => url.set(Object.fromEntries(FILTER_NAMES.map((name) => [name, undefined])));
  const isFiltered = () => FILTER_NAMES.some((name) => url.get(name) !== undefined);

  return (
    <Page title="Traffic" live={list} hasWindow isFlush>
      <div class="split" classList={{ closed: open() === undefined }}>
        <div class="pane">
          <FilterBar
            fields={fieldsOf(counts.value()?.options)}
            search={{ name: "q", placeholder: "Repository, request id, text" }}
            count={
              <RowCount
                counts={counts.value()?.counts ?? undefined}
                answers={answersOf(url)}
                waiting={list.isPaused() ? 0 : waiting()}
                onShow={showNewest}
              />
            }
            tools={
              <>
                <button
                  class="btn quiet icon"
                  type="button"
                  aria-pressed={list.isPaused()}
                  aria-label={list.isPaused() ? "Resume" : "Pause"}
                  title={list.isPaused() ? "Resume (p)" : "Pause (p)"}
                  onClick={togglePause}
                >
                  <Icon name={list.isPaused() ? "play" : "pause"} />
                </button>
                <ExportMenu onExport={(format) => void exportRows(format)} disabled={rows().length === 0} />
              </>
            }
          />
          <Show when={counts.value()?.counts}>
            {(known) => (
              <div class="facets">
                <Stack counts={known()} />
                <Legend
                  counts={known() ?? NO_COUNTS}
                  isShown={(name) => answersOf(url)?.includes(name) ?? true}
                  onToggle={toggle}
                />
              </div>
            )}
          </Show>
          <Show when={list.isPaused()}>
            <output class="paused">
              <Icon name="pause" />
              <span>
                <b>Paused</b> at {clockSeconds(pausedAt() ?? Date.now())}
              </span>
              <span class="clip">
                {waiting() === 0
                  ? "No newer row yet."
                  : `${count(waiting())}${newer.value()?.isMore === true ? " or more" : ""} newer rows wait; nothing is lost.`}
              </span>
              <button class="btn" type="button" onClick={showNewest}>
                <Icon name="play" />
                Resume <kbd>p</kbd>
              </button>
            </output>
          </Show>
          <LiveView
            live={list}
            problem="The traffic could not be read"
            skeleton={
              <div class="inset">
                <Skeleton rows={14} label="Loading rows" />
              </div>
            }
          >
            {() => (
              <div onPointerEnter={() => setTouched(true)} onPointerLeave={() => setTouched(false)}>
                <Show
                  when={rows().length > 0}
                  fallback={<NoRows isFiltered={isFiltered()} lookedTo={bounds()?.lookedTo ?? null} onClear={clear} />}
                >
                  <TrafficTable rows={rows()} open={open()} onOpen={show} />
                </Show>
                <Show when={bounds()?.next}>
                  <div class="more">
                    <button class="btn" type="button" onClick={() => void loadOlder()}>
                      {rows().length === 0 ? "Look further back" : "Older rows"}
                    </button>
                  </div>
                </Show>
              </div>
            )}
          </LiveView>
        </div>
        <Suspense>
          <Show when={open()}>{(id) => <TrafficDrawer id={id()} onClose={() => show(undefined)} onStep={step} />}</Show>
        </Suspense>
      </div>
    </Page>
  );
}

function RowCount(props: {
  counts: typeof NO_COUNTS | undefined;
  answers: readonly StatusName[] | undefined;
  waiting: number;
  onShow: () => void;
}): JSX.Element {
  const shown = (counts: typeof NO_COUNTS) =>
    (props.answers ?? STATUS_NAMES).reduce((sum, name) => sum + counts[name], 0);
  return (
    <>
      <Show when={props.counts}>
        {(counts) => (
          <>
            {count(shown(counts()))}
            <Show when={shown(counts()) !== totalOf(counts())}> of {count(totalOf(counts()))}</Show> rows
          </>
        )}
      </Show>
      <Show when={props.waiting > 0}>
        {" "}
        <button class="link" type="button" onClick={() => props.onShow()}>
          {count(props.waiting)} newer
        </button>
      </Show>
    </>
  );
}

function NoRows(props: { isFiltered: boolean; lookedTo: number | null; onClear: () => void }): JSX.Element {
  const title = () => {
    if (props.lookedTo !== null) return `No row matches back to ${clock(props.lookedTo, Date.now())}`;
    return props.isFiltered ? "No rows match" : "No requests in this window";
  };
  return (
    <div class="inset">
      <Empty
        title={title()}
        text={
          props.isFiltered
            ? "None of this window's rows is left by the filters."
            : "Point a client here, and each request shows up within seconds."
        }
      >
        <Show when={props.isFiltered} fallback={<CopyCommand command={`octopool login ${location.origin}`} />}>
          <button class="btn" type="button" onClick={() => props.onClear()}>
            Clear filters
          </button>
        </Show>
      </Empty>
    </div>
  );
}
