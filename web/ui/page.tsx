/** One room: its bar with pool, title, how live it is and which window, then its content. */
import { createEffect, type JSX, Show } from "solid-js";
import type { WindowName } from "../../shared/dashboard/window.ts";
import { useSession } from "../session.tsx";
import { now } from "./clock.ts";
import { exact, relative } from "./format.ts";
import type { Live } from "./live.ts";
import { Icon } from "./mark.tsx";
import { PoolMenu } from "./pool-menu.tsx";
import { WindowSwitch } from "./window-switch.tsx";

export function Page(props: {
  title: string;
  /** Shown with its age. */
  live?: Live<unknown>;
  /** The room looks at a window of time. */
  hasWindow?: boolean;
  /** Of a room that looks back further than the others by itself. */
  defaultWindow?: WindowName;
  /** More for the bar's end. */
  tools?: JSX.Element;
  /** The content reaches to the edges: tables with a drawer. */
  isFlush?: boolean;
  children: JSX.Element;
}): JSX.Element {
  const { pool } = useSession();
  createEffect(() => {
    document.title = `${props.title} · ${pool()} · octopool`;
  });
  return (
    <>
      <header class="top">
        <div class="crumb">
          <PoolMenu />
          <span class="slash">/</span>
          <h1>{props.title}</h1>
        </div>
        <div class="top-right">
          <Show when={props.live}>{(live) => <LiveNote live={live()} />}</Show>
          {props.tools}
          <Show when={props.hasWindow}>
            <WindowSwitch usual={props.defaultWindow ?? "1h"} />
          </Show>
        </div>
      </header>
      <main class={props.isFlush ? undefined : "page"} id="main" tabindex="-1">
        {props.children}
      </main>
    </>
  );
}

/** `Live, 4 s ago`, or that it is paused, or not live at all. */
function LiveNote(props: { live: Live<unknown> }): JSX.Element {
  return (
    <Show
      when={!props.live.isPaused()}
      fallback={
        <span class="live">
          <Icon name="pause" />
          Paused
        </span>
      }
    >
      <Show when={props.live.readAt()}>
        {(at) => (
          <span class="live" title={exact(at())}>
            <i class="dot" classList={{ off: props.live.failure() !== undefined }} />
            {props.live.failure() === undefined ? "Live, " : "Stale, "}
            {relative(at(), now())}
          </span>
        )}
      </Show>
    </Show>
  );
}
