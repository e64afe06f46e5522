/** How uPlot draws the status chart. */
import uPlot from "uplot";
import { STATUS_NAMES, type StatusName } from "../../shared/dashboard/status.ts";
import type { ChartColors } from "./chart-colors.ts";
import { count, day } from "./format.ts";
import type { ChartBucket } from "./status-chart.tsx";

/** Error is drawn first and hit last: each bar reaches to its own top and covers what lies under it. */
const DRAWN = STATUS_NAMES.toReversed();

/** Seconds, then the tops of the stacked bars in the order drawn, then the total of the window before twice: halo and line. */
export function stacked(buckets: readonly ChartBucket[], hidden: ReadonlySet<StatusName>): uPlot.AlignedData {
  const tops = DRAWN.map((name) => {
    const under = STATUS_NAMES.slice(0, STATUS_NAMES.indexOf(name) + 1).filter((each) => !hidden.has(each));
    // A hidden one has no bar of its own: its top is that of what lies under it.
    return buckets.map(({ counts }) => (hidden.has(name) ? 0 : under.reduce((sum, each) => sum + counts[each], 0)));
  });
  // Where nothing was asked before there is no line, not a line at zero.
  const isSilent = buckets.every((bucket) => bucket.before === 0);
  const before = buckets.map((bucket) => (isSilent ? null : bucket.before));
  return [buckets.map(({ at }) => at / 1_000), ...tops, before, before];
}

interface Setting {
  readonly size: { readonly width: number; readonly height: number };
  readonly colors: () => ChartColors;
  readonly bucketMs: () => number;
  readonly onHover: (index: number | undefined, left: number) => void;
}

const FONT = "11px -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";

export function chartOptions({ size, colors, bucketMs, onHover }: Setting): uPlot.Options {
  // One side of a point: a bar begins where its bucket does.
  const bars = uPlot.paths.bars?.({ size: [0.86, 64], align: 1, gap: 0 });
  const line = uPlot.paths.linear?.();
  const half = (u: uPlot, _series: number, from: number, to: number) => line?.(u, _series, from, to) ?? null;
  return {
    ...size,
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: (_, min, max) => [min, max + bucketMs() / 1_000] },
      y: { range: (_, _min, max) => [0, niceTop(max)] },
    },
    axes: [
      {
        stroke: () => colors().ink3,
        font: FONT,
        size: 24,
        gap: 4,
        grid: { show: false },
        ticks: { show: false },
        border: { show: true, stroke: () => colors().lineStrong, width: 1 },
        space: 72,
        values: (_, seconds) => seconds.map((each) => axisTime(each * 1_000, bucketMs())),
      },
      {
        stroke: () => colors().ink3,
        font: FONT,
        size: 40,
        gap: 8,
        grid: { stroke: () => colors().line, width: 1 },
        ticks: { show: false },
        space: 48,
        values: (_, values) => values.map((each) => (Number.isInteger(each) ? count(each) : "")),
      },
    ],
    series: [
      {},
      ...DRAWN.map((name): uPlot.Series => ({
        ...(bars === undefined ? {} : { paths: bars }),
        width: 0,
        points: { show: false },
        fill: () => colors().fills[name] as string,
      })),
      { paths: half, stroke: () => colors().bg, width: 3.5, points: { show: false } },
      { paths: half, stroke: () => colors().ink, width: 1.25, dash: [4, 3], points: { show: false } },
    ],
    hooks: {
      setCursor: [
        (u) => {
          const { idx, left = -10 } = u.cursor;
          onHover(left < 0 || idx === null || idx === undefined ? undefined : idx, left);
        },
      ],
    },
  };
}

/** The next 1, 2, 4 or 5 times a power of ten, so that grid lines stand at round numbers. */
export function niceTop(max: number | null): number {
  if (max === null || max <= 0) return 4;
  const power = 10 ** Math.floor(Math.log10(max));
  const factor = [1, 2, 4, 5, 8, 10].find((each) => each * power >= max) ?? 10;
  return Math.max(4, factor * power);
}

function axisTime(at: number, bucketMs: number): string {
  const date = new Date(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (bucketMs >= 86_400_000 || isMidnight) return day(at);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
