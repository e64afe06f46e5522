/** One request's way: what each stage decided and how long it took. */
import { createEffect, type JSX, on, Show } from "solid-js";
import type { TrafficDetail } from "../../shared/dashboard/traffic.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import { now } from "../ui/clock.ts";
import { count, exact, relative } from "../ui/format.ts";
import { createLive } from "../ui/live.ts";
import { Icon, StatusLabel } from "../ui/mark.tsx";
import { useShortcut } from "../ui/shortcuts.ts";
import { LiveView, Skeleton } from "../ui/states.tsx";
import { sayDone } from "../ui/toast.ts";
import { curlOf } from "./curl.ts";
import { Trail } from "./trail.tsx";
import "../ui/drawer.css";

export function TrafficDrawer(props: { id: number; onClose: () => void; onStep: (by: 1 | -1) => void }): JSX.Element {
  const { pool } = useSession();
  let box: HTMLElement | undefined;
  const detail = createLive(
    () => ({ pool: pool(), id: props.id }),
    (input, signal) => api.traffic.one.query(input, { signal }),
  );
  createEffect(
    on(
      () => props.id,
      () => box?.focus({ preventScroll: true }),
    ),
  );
  useShortcut("Escape", "Close the request", () => props.onClose());
  useShortcut("j", "The next request", () => props.onStep(1));
  useShortcut("k", "The request before", () => props.onStep(-1));
  return (
    <aside class="drawer" aria-label="Decision trail" tabindex="-1" ref={(element) => (box = element)}>
      <div class="drawer-head">
        <span class="mono id clip">{detail.value()?.row.requestId}</span>
        <Show when={detail.value()}>{(value) => <CopyCurl detail={value()} pool={pool()} />}</Show>
        <button class="btn quiet icon" type="button" aria-label="The request before" onClick={() => props.onStep(-1)}>
          <Icon name="up" />
        </button>
        <button class="btn quiet icon" type="button" aria-label="The next request" onClick={() => props.onStep(1)}>
          <Icon name="down" />
        </button>
        <button class="btn quiet icon" type="button" aria-label="Close" onClick={() => props.onClose()}>
          <Icon name="x" />
        </button>
      </div>
      <div class="drawer-body">
        <LiveView live={detail} problem="This request could not be read" skeleton={<Skeleton rows={8} />}>
          {(value) => <Detail detail={value()} />}
        </LiveView>
      </div>
    </aside>
  );
}

function CopyCurl(props: { detail: TrafficDetail; pool: string }): JSX.Element {
  const copy = async () => {
    const { path } = props.detail.row;
    await navigator.clipboard.writeText(curlOf(location.origin, props.pool, path));
    sayDone(
      path.includes("{")
        ? "Copied. Fill in what stands in braces, and OCTOPOOL_TOKEN."
        : "Copied. It reads OCTOPOOL_TOKEN.",
    );
  };
  return (
    <button class="btn" type="button" onClick={() => void copy()}>
      <Icon name="copy" />
      Copy as curl
    </button>
  );
}

function Detail(props: { detail: TrafficDetail }): JSX.Element {
  const row = () => props.detail.row;
  const isOurs = () => row().answer === "hit" || row().answer === "stale";
  const split = () => {
    const at = props.detail.verdict.indexOf(": ");
    return at === -1
      ? (["", props.detail.verdict] as const)
      : ([props.detail.verdict.slice(0, at + 1), props.detail.verdict.slice(at + 1)] as const);
  };
  return (
    <div>
      <h2 class="verdict">
        <b class="strong">{split()[0]}</b>
        {split()[1]}
      </h2>
      <p class="asked mono">GET {row().path}</p>
      <dl class="facts">
        <div>
          <dt>Answer</dt>
          <dd>
            <StatusLabel status={row().answer} />, {row().status}
          </dd>
        </div>
        <div>
          <dt>From</dt>
          <dd class="mono">{isOurs() ? "cache" : row().identity || row().backend || "–"}</dd>
        </div>
        <div>
          <dt>Units</dt>
          <dd>
            {count(row().units)}{" "}
            <span class="faint">in {props.detail.calls === 1 ? "one call" : `${count(props.detail.calls)} calls`}</span>
          </dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd title={exact(row().at)}>{relative(row().at, now())}</dd>
        </div>
      </dl>
      <Trail stages={props.detail.stages} waitedMs={row().ms} />
    </div>
  );
}
