/** Looking for what is stored, by repository, path or surrogate key; and ending what was found. */
import { createEffect, createSignal, For, type JSX, on, Show } from "solid-js";
import type { CacheEntryRow, CacheTarget } from "../../shared/dashboard/cache.ts";
import { now } from "../ui/clock.ts";
import { bytes, duration, exact } from "../ui/format.ts";
import { Icon, StatusLabel, type StatusName } from "../ui/mark.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useUrlState } from "../ui/url.ts";

const BY = [
  { kind: "repository", label: "Repository", placeholder: "owner/repo" },
  { kind: "path", label: "Path", placeholder: "/repos/owner/repo/pulls/7" },
  { kind: "key", label: "Surrogate key", placeholder: "pull:owner/repo#7" },
] as const;

export function CacheSearch(props: {
  target: CacheTarget | undefined;
  purge: (target: CacheTarget) => void;
}): JSX.Element {
  const url = useUrlState();
  const [kind, setKind] = createSignal<CacheTarget["kind"]>("repository");
  const [text, setText] = createSignal("");
  // The address may change by itself: back, or a link into the room.
  createEffect(
    on(
      () => props.target,
      (target) => {
        setText(target?.value ?? "");
        if (target !== undefined) setKind(target.kind);
      },
    ),
  );
  const placeholder = () => BY.find((each) => each.kind === kind())?.placeholder ?? "";
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const value = text().trim();
    url.set({ by: value === "" ? undefined : kind(), q: value, entry: undefined });
  };
  return (
    <search>
      <form class="filters" onSubmit={search}>
        <fieldset class="seg" aria-label="Search by">
          <For each={BY}>
            {(each) => (
              <button type="button" aria-pressed={kind() === each.kind} onClick={() => setKind(each.kind)}>
                {each.label}
              </button>
            )}
          </For>
        </fieldset>
        <label class="search">
          <Icon name="search" />
          <span class="sr">{placeholder()}</span>
          <input
            type="search"
            data-filter
            placeholder={placeholder()}
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <button class="btn" type="submit">
          Find
        </button>
        <Show when={props.target}>
          {(target) => (
            <span class="filter-tools">
              <button class="btn" type="button" onClick={() => props.purge(target())}>
                Purge all of it
              </button>
            </span>
          )}
        </Show>
      </form>
    </search>
  );
}

/** As the statuses have marks: fresh is a hit, stale a stale one; what was purged or has ended is a miss next time. */
export const STATE_MARKS: Readonly<
  Record<CacheEntryRow["state"], { readonly status: StatusName; readonly words: string }>
> = {
  fresh: { status: "hit", words: "Fresh" },
  stale: { status: "stale", words: "Stale" },
  purged: { status: "miss", words: "Purged" },
  ended: { status: "miss", words: "Ended" },
};

export function filledBy({ filledBy: by }: Pick<CacheEntryRow, "filledBy">): string {
  return by.kind === "identity" ? by.identityId : "token-free";
}

const COLUMNS = (
  open: (cacheKey: string) => void,
  isOpen: (key: string) => boolean,
): readonly Column<CacheEntryRow>[] => [
  {
    name: "Path",
    class: "anywhere",
    cell: (row) => (
      <button
        class="row-link mono"
        type="button"
        aria-expanded={isOpen(row.cacheKey)}
        onClick={() => open(row.cacheKey)}
      >
        {row.path}
        <span class="faint">{row.query === "" ? "" : `?${row.query}`}</span>
      </button>
    ),
  },
  { name: "Kind", class: "wide", cell: (row) => <span class="mono">{row.routeKind}</span> },
  {
    name: "State",
    cell: (row) => <StatusLabel status={STATE_MARKS[row.state].status}>{STATE_MARKS[row.state].words}</StatusLabel>,
  },
  { name: "Age", isNumber: true, cell: (row) => <Time at={row.fetchedAt}>{duration(now() - row.fetchedAt)}</Time> },
  {
    name: "Ends",
    isNumber: true,
    title: "Until when it is fresh, or of use at all",
    cell: (row) => <Ends row={row} />,
  },
  { name: "Status", isNumber: true, class: "wide", cell: (row) => row.status },
  { name: "Size", isNumber: true, cell: (row) => bytes(row.bodyBytes) },
  { name: "Filled by", class: "wide", cell: (row) => <span class="mono">{filledBy(row)}</span> },
];

function Ends(props: { row: CacheEntryRow }): JSX.Element {
  const at = () => (props.row.freshUntil > now() ? props.row.freshUntil : props.row.staleUntil);
  return (
    <Show when={props.row.state !== "purged" && at() > now()} fallback={<span class="faint">–</span>}>
      <span title={exact(at())}>in {duration(at() - now())}</span>
    </Show>
  );
}

export function EntryTable(props: { rows: readonly CacheEntryRow[] }): JSX.Element {
  const url = useUrlState();
  const isOpen = (cacheKey: string) => url.get("entry") === cacheKey;
  const open = (cacheKey: string) => url.set({ entry: isOpen(cacheKey) ? undefined : cacheKey });
  return <DataTable caption="Stored answers" columns={COLUMNS(open, isOpen)} rows={props.rows} />;
}
