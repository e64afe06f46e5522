/** The frame of every room: navigation, who is signed in, and what all rooms share. */
import type { RouteSectionProps } from "@solidjs/router";
import { createMemo, ErrorBoundary, type JSX, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { api, failureOf } from "../api.ts";
import { SessionContext } from "../session.tsx";
import { WithStanding } from "../standing.tsx";
import { createLive } from "./live.ts";
import { SideBar } from "./side-bar.tsx";
import { listenToKeys, useShortcut } from "./shortcuts.ts";
import { Empty, Problem, Skeleton } from "./states.tsx";
import { openShortcuts, shortcutsAreOpen } from "./shortcut-list.ts";
import { toasts } from "./toast.ts";
import { useUrlState } from "./url.ts";
import "./frame.css";

const ShortcutDialog = lazy(() => import("./shortcut-dialog.tsx"));
const Toasts = lazy(() => import("./toast-list.tsx"));

/** How often the session is looked at: grants taken away show within this time, and at once in any answer. */
const SESSION_MS = 60_000;

export function Shell(props: RouteSectionProps): JSX.Element {
  const url = useUrlState();
  const me = createLive(
    () => undefined,
    (_, signal) => api.session.me.query(undefined, { signal }),
    () => ({ everyMs: SESSION_MS }),
  );
  const pools = () => me.value()?.pools ?? [];
  const pool = createMemo(() => url.get("pool") ?? pools()[0] ?? "");
  listenToKeys();
  useShortcut("?", "List the shortcuts", openShortcuts);
  useShortcut("/", "Focus the filter", () => document.querySelector<HTMLElement>("[data-filter]")?.focus());
  return (
    <>
      <a class="skip" href="#main" onClick={skipToContent}>
        Skip to content
      </a>
      <Switch fallback={<Skeleton rows={8} />}>
        <Match when={me.value()}>
          {(known) => (
            <SessionContext.Provider value={{ me: known, pool }}>
              <div class="app">
                <SideBar />
                <Show when={pools().includes(pool())} fallback={<NoPool pools={pools()} asked={url.get("pool")} />}>
                  {/* Another pool is another world: nothing of the one before may linger. */}
                  <Show when={pool()} keyed>
                    <WithStanding pool={pool()}>
                      <div class="room">
                        <ErrorBoundary fallback={(error: unknown, reset) => <Broken error={error} onRetry={reset} />}>
                          <Suspense fallback={<Skeleton rows={8} />}>{props.children}</Suspense>
                        </ErrorBoundary>
                      </div>
                    </WithStanding>
                  </Show>
                </Show>
              </div>
            </SessionContext.Provider>
          )}
        </Match>
        <Match when={me.failure()}>
          {(failure) => (
            <main class="page" id="main" tabindex="-1">
              <Problem what="The dashboard could not be opened" failure={failure()} onRetry={() => me.refresh()} />
            </main>
          )}
        </Match>
      </Switch>
      <Suspense>
        <Show when={shortcutsAreOpen()}>
          <ShortcutDialog />
        </Show>
        <Show when={toasts().length > 0}>
          <Toasts />
        </Show>
      </Suspense>
    </>
  );
}

/** The router takes a way to a part of the page for a way of its own, and leaves the focus where it is. */
function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function NoPool(props: { pools: readonly string[]; asked: string | undefined }): JSX.Element {
  return (
    <main class="page" id="main" tabindex="-1">
      <Show
        when={props.asked}
        fallback={
          <Empty
            title="You hold no pool"
            text="You are an operator, and nobody has granted you a pool. Whoever holds the admin token can: octopool admin operator."
          />
        }
      >
        {(asked) => (
          <Empty title={`You do not hold ${asked()}`} text="Ask an operator of that pool to grant it to you.">
            <Show when={props.pools[0]}>
              {(first) => (
                <a class="btn" href={`/dashboard?pool=${encodeURIComponent(first())}`}>
                  Open {first()}
                </a>
              )}
            </Show>
          </Empty>
        )}
      </Show>
    </main>
  );
}

/** A room's code could not be loaded, or has a fault. */
function Broken(props: { error: unknown; onRetry: () => void }): JSX.Element {
  const failure = () =>
    props.error instanceof Error && props.error.name === "TRPCClientError"
      ? failureOf(props.error)
      : {
          code: "page_failed",
          message: "The page met a fault. The server may have a newer version: reload it.",
          requestId: "",
        };
  return (
    <main class="page" id="main" tabindex="-1">
      <Problem what="This room could not be shown" failure={failure()} onRetry={props.onRetry} />
      <button class="btn" type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </main>
  );
}
