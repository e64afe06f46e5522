/** The stages of one request on one scale of time: a list that says in words what its bars draw. */
import { For, type JSX, Show } from "solid-js";
import type { TrailStage } from "../../shared/dashboard/traffic.ts";
import { latency } from "../ui/format.ts";
import { StatusMark } from "../ui/mark.tsx";
import "./trail.css";

export function Trail(props: { stages: readonly TrailStage[]; waitedMs: number }): JSX.Element {
  const before = () => props.stages.filter(({ isAfter }) => !isAfter);
  const after = () => props.stages.filter(({ isAfter }) => isAfter);
  const wholeMs = () => Math.max(1, props.waitedMs, ...props.stages.map(({ to }) => to ?? 0));
  const isTimed = () => props.stages.some(({ to }) => to !== null);
  return (
    <>
      <div class="sec-head">
        <h3 class="h2" id="h-trail">
          Decision trail
        </h3>
        <span class="faint">
          {props.stages.length} stages
          <Show when={isTimed()} fallback=", none of them timed">
            , on a scale of {latency(wholeMs())}
          </Show>
        </span>
      </div>
      <ol class="trail" aria-labelledby="h-trail">
        <For each={before()}>{(stage) => <Stage stage={stage} wholeMs={wholeMs()} />}</For>
      </ol>
      <div class="trail-sum">
        <span>Caller waited</span>
        <b class="strong">{tookWords(props.waitedMs)}</b>
      </div>
      <Show when={after().length > 0}>
        <h4 class="faint small" id="h-behind">
          Behind the answer
        </h4>
        <ol class="trail" aria-labelledby="h-behind">
          <For each={after()}>{(stage) => <Stage stage={stage} wholeMs={wholeMs()} />}</For>
        </ol>
      </Show>
    </>
  );
}

function Stage(props: { stage: TrailStage; wholeMs: number }): JSX.Element {
  const took = () => {
    const { from, to } = props.stage;
    return from === null || to === null ? undefined : { from, ms: to - from };
  };
  const share = (ms: number) => `${((100 * ms) / props.wholeMs).toFixed(1)}%`;
  return (
    <li classList={{ after: props.stage.isAfter }}>
      <span class={`node ${props.stage.tone}`}>
        <Node stage={props.stage} />
      </span>
      <span class="stage">{props.stage.name}</span>
      <span class="fall" aria-hidden="true">
        <Show when={took()}>
          {(time) => (
            <i
              class={props.stage.isAfter ? `after ${props.stage.tone}` : props.stage.tone}
              style={{ left: share(time().from), width: share(time().ms) }}
            />
          )}
        </Show>
      </span>
      <span class="t">
        <Show when={took()} fallback="not timed">
          {(time) => (
            <>
              {tookWords(time().ms)}
              <span class="sr">, from {time().from} ms on</span>
            </>
          )}
        </Show>
      </span>
      <span class="why">{props.stage.words}</span>
    </li>
  );
}

/** The platform's clock moves only while something is waited for: what did not wait took no time that it could tell. */
const tookWords = (ms: number) => (ms === 0 ? "under 1\u202fms" : latency(ms));

function Node(props: { stage: TrailStage }): JSX.Element {
  return (
    <Show
      when={props.stage.tone === "bad" || props.stage.tone === "miss"}
      fallback={
        <svg class="g" aria-hidden="true">
          <use href={props.stage.tone === "skipped" ? "#s-skip" : "#s-done"} />
        </svg>
      }
    >
      <StatusMark status={props.stage.tone === "bad" ? "error" : "miss"} />
    </Show>
  );
}
