/**
 * Answers by cache status over time: stacked bars, and the total of the window before as a dashed line. The chart
 * library comes with it: load this file with lazy().
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { createEffect, createSignal, For, type JSX, on, onCleanup, onMount, Show } from "solid-js";
import { STATUS_NAMES, type StatusCounts, type StatusName, totalOf } from "../../shared/dashboard/status.ts";
import { type ChartColors, readColors } from "./chart-colors.ts";
import { chartOptions, stacked } from "./chart-options.ts";
import { clock, count } from "./format.ts";
import { STATUS_WORDS, StatusMark } from "./mark.tsx";
import { theme } from "./theme.ts";
import "./chart.css";

export interface ChartBucket {
  readonly at: number;
  readonly counts: StatusCounts;
  /** The total at the same place of the window before. */
  readonly before: number;
}

export interface ChartMark {
  readonly at: number;
  readonly text: string;
}

export interface StatusChartProps {
  readonly buckets: readonly ChartBucket[];
  readonly bucketMs: number;
  readonly hidden: ReadonlySet<StatusName>;
  readonly marks: readonly ChartMark[];
  /** The chart in words. */
  readonly label: string;
  /** A bar was chosen. */
  readonly onBucket: (bucket: ChartBucket) => void;
}

export default function StatusChart(props: StatusChartProps): JSX.Element {
  let box: HTMLDivElement | undefined;
  let colors: ChartColors = readColors();
  const [hovered, setHovered] = createSignal<number>();
  const [left, setLeft] = createSignal(0);
  const [plot, setPlot] = createSignal<uPlot>();
  const [width, setWidth] = createSignal(0);
  const data = () => stacked(props.buckets, props.hidden);
  const tip = () => {
    const at = hovered();
    return at === undefined ? undefined : props.buckets[at];
  };

  onMount(() => {
    const host = box as HTMLDivElement;
    const made = new uPlot(
      chartOptions({
        size: { width: host.clientWidth, height: host.clientHeight },
        colors: () => colors,
        bucketMs: () => props.bucketMs,
        onHover: (index, x) => {
          setHovered(index);
          setLeft(x);
        },
      }),
      data(),
      host,
    );
    setPlot(made);
    const observer = new ResizeObserver(() => {
      made.setSize({ width: host.clientWidth, height: host.clientHeight });
      setWidth(host.clientWidth);
    });
    observer.observe(host);
    onCleanup(() => {
      observer.disconnect();
      made.destroy();
    });
  });

  createEffect(on([plot, data], ([made, next]) => made?.setData(next)));
  const recolor = () => {
    colors = readColors();
    plot()?.redraw(false, true);
  };
  createEffect(on(theme, recolor, { defer: true }));
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", recolor);
  onCleanup(() => system.removeEventListener("change", recolor));

  const marks = () => {
    const made = plot();
    void width(); // positions follow the size
    if (made === undefined || props.buckets.length === 0) return [];
    return props.marks.map((mark) => ({ ...mark, x: made.valToPos(mark.at / 1_000, "x") + plotLeft(made) }));
  };
  const choose = () => {
    const bucket = tip();
    if (bucket !== undefined) props.onBucket(bucket);
  };
  const move = (by: number) => {
    const last = props.buckets.length - 1;
    const next = Math.min(last, Math.max(0, (hovered() ?? (by > 0 ? -1 : last + 1)) + by));
    plot()?.setCursor({
      left: plot()?.valToPos((props.buckets[next]?.at ?? 0) / 1_000 + props.bucketMs / 2_000, "x") ?? 0,
      top: 40,
    });
  };

  return (
    <figure class="chart u">
      <button
        type="button"
        class="plot"
        aria-label={`${props.label} Arrow keys move along it, Enter opens the rows.`}
        onClick={choose}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(1);
          if (event.key === "ArrowLeft") move(-1);
        }}
        onBlur={() => setHovered(undefined)}
      >
        <div class="canvas" ref={(element) => (box = element)} />
        <For each={marks()}>
          {(mark) => (
            <div class="mark" classList={{ early: mark.x < width() / 2 }} style={{ left: `${mark.x}px` }}>
              <span>
                {clock(mark.at, Date.now())} {mark.text}
              </span>
            </div>
          )}
        </For>
        <Show when={tip()}>
          {(bucket) => (
            <div
              class="tip"
              style={
                left() < width() / 2
                  ? { left: `min(${left() + 56}px, 100% - 176px)` }
                  : { right: `min(${width() - left() + 12}px, 100% - 176px)` }
              }
            >
              <div class="when">
                <span class="strong">{clock(bucket().at, Date.now())}</span>
                <span class="faint">{count(totalOf(bucket().counts))} answers</span>
              </div>
              <ul>
                <For each={STATUS_NAMES.filter((name) => bucket().counts[name] > 0)}>
                  {(name) => (
                    <li>
                      <StatusMark status={name} />
                      {STATUS_WORDS[name]}
                      <b>{count(bucket().counts[name])}</b>
                    </li>
                  )}
                </For>
              </ul>
            </div>
          )}
        </Show>
      </button>
    </figure>
  );
}

const plotLeft = (made: uPlot) => made.bbox.left / devicePixelRatio;
