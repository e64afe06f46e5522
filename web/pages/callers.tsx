/** Who asks: callers and their clients, what each used, and who may go on. */
import { createSignal, type JSX, lazy, Show, Suspense } from "solid-js";
import type { CallerView } from "../../shared/dashboard/callers.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { FilterBar } from "../ui/filters.tsx";
import { count, percent } from "../ui/format.ts";
import { More } from "../ui/more.tsx";
import { Page } from "../ui/page.tsx";
import { createPaged } from "../ui/paged.ts";
import { Banner, Empty, LiveView, Skeleton } from "../ui/states.tsx";
import { type Column, DataTable } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useUrlState, useWindow } from "../ui/url.ts";
import { CallerDrawer } from "./caller-drawer.tsx";
import "./rooms.css";

const ProvisionForm = lazy(() => import("./caller-provision.tsx"));

const EVERY_MS = 30_000;

export default function Callers(): JSX.Element {
  const { pool } = useSession();
  const url = useUrlState();
  const window = useWindow("7d");
  const [isProvisioning, setProvisioning] = createSignal(false);
  const paged = createPaged(
    () => ({ pool: pool(), window: window(), text: url.get("q") ?? "" }),
    (asked, cursor, signal) =>
      api.callers.list.query({ ...asked, ...(cursor === undefined ? {} : { cursor }) }, { signal }),
    () => ({ everyMs: EVERY_MS }),
  );
  const { live } = paged;
  const open = () => live.value()?.rows.find(({ id }) => id === url.get("caller"));
  const provision = () => (
    <button class="btn primary" type="button" onClick={() => setProvisioning(true)}>
      Let somebody in
    </button>
  );
  return (
    <Page title="Callers" live={live} hasWindow defaultWindow="7d" isFlush>
      <div class="split" classList={{ closed: open() === undefined }}>
        <div class="pane">
          <FilterBar fields={[]} search={{ name: "q", placeholder: "Login or name" }} tools={provision()} />
          <div class="list-pad">
            <LiveView live={live} problem="Callers could not be read" skeleton={<Skeleton rows={10} />}>
              {(view) => (
                <>
                  <Show when={view().cut}>
                    <Banner icon="warn">
                      <b class="strong">There was more use than can be told apart.</b> The smallest parts are missing; a
                      shorter window shows them.
                    </Banner>
                  </Show>
                  <Show when={view().rows.length > 0} fallback={<NoCaller filter={url.get("q")} add={provision()} />}>
                    <CallerTable rows={view().rows} />
                  </Show>
                  <More paged={paged} />
                </>
              )}
            </LiveView>
          </div>
        </div>
        <Show when={open()}>
          {(caller) => (
            <CallerDrawer
              caller={caller()}
              refresh={() => live.refresh()}
              onClose={() => url.set({ caller: undefined })}
            />
          )}
        </Show>
      </div>
      <Suspense>
        <Show when={isProvisioning()}>
          <ProvisionForm onClose={() => setProvisioning(false)} onDone={() => live.refresh()} />
        </Show>
      </Suspense>
    </Page>
  );
}

function NoCaller(props: { filter: string | undefined; add: JSX.Element }): JSX.Element {
  const url = useUrlState();
  return (
    <Show
      when={props.filter}
      fallback={
        <Empty
          title="Nobody may use this pool yet"
          text="Members of the organization let themselves in with octopool login where this is the login pool; others you let in here."
        >
          {props.add}
        </Empty>
      }
    >
      {(text) => (
        <Empty title="No caller matches" text={`Nobody in this pool bears a login or name with “${text()}”.`}>
          <button class="btn" type="button" onClick={() => url.set({ q: undefined })}>
            Clear the filter
          </button>
        </Empty>
      )}
    </Show>
  );
}

function CallerTable(props: { rows: readonly CallerView[] }): JSX.Element {
  const url = useUrlState();
  const columns: readonly Column<CallerView>[] = [
    {
      name: "Caller",
      class: "nowrap",
      cell: (row) => (
        <span class="named">
          <button
            class="row-link"
            type="button"
            aria-expanded={url.get("caller") === row.id}
            onClick={() => url.set({ caller: url.get("caller") === row.id ? undefined : row.id })}
          >
            {row.login}
          </button>
          <CallerTags caller={row} />
        </span>
      ),
    },
    {
      name: "Last seen",
      class: "nowrap",
      cell: (row) => (
        <Show when={row.lastSeen} fallback={<span class="faint">not in this window</span>}>
          {(at) => <Time at={at()} />}
        </Show>
      ),
    },
    { name: "Requests", isNumber: true, cell: (row) => count(row.requests) },
    {
      name: "Saved",
      isNumber: true,
      title: "Answered without a call that costs quota",
      cell: (row) => percent(row.requests === 0 ? null : row.saved / row.requests),
    },
    { name: "Units", isNumber: true, title: "Quota spent", cell: (row) => count(row.quotaUnits) },
    { name: "Fallbacks", isNumber: true, cell: (row) => count(row.fallbacks) },
    {
      name: "Clients",
      isNumber: true,
      cell: (row) => count(row.clients.filter((one) => one.createdAt !== null).length),
    },
    {
      name: "Top routes",
      class: "wide",
      cell: (row) => (
        <span class="mono faint clip">
          {row.topRoutes
            .slice(0, 3)
            .map(({ routeKind }) => routeKind)
            .join(", ") || "–"}
        </span>
      ),
    },
  ];
  return <DataTable caption="Callers" columns={columns} rows={props.rows} />;
}

/** What to know before reading the numbers. */
export function CallerTags(props: { caller: CallerView }): JSX.Element {
  const isRevoked = () => props.caller.grants.every(({ granted }) => !granted);
  return (
    <>
      <Show when={props.caller.isSelf}>
        <span class="tag">you</span>
      </Show>
      <Show when={props.caller.isOperator}>
        <span class="tag">operator</span>
      </Show>
      <Show when={props.caller.disabledAt !== null}>
        <span class="tag bad">disabled</span>
      </Show>
      <Show when={props.caller.membershipDeniedAt !== null}>
        <span class="tag bad">left the organization</span>
      </Show>
      <Show when={isRevoked() && props.caller.disabledAt === null}>
        <span class="tag warn">grant revoked</span>
      </Show>
    </>
  );
}
