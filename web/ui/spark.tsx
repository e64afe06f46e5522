/** A figure over time in a few pixels: the line, and the window before as a dotted one. Decoration of its number. */
import type { JSX } from "solid-js";

export function Spark(props: { now: readonly (number | null)[]; before: readonly (number | null)[] }): JSX.Element {
  const top = () => Math.max(1e-9, ...props.now.map(zero), ...props.before.map(zero));
  return (
    <svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <path class="was" d={pathOf(props.before, top())} />
      <path d={pathOf(props.now, top())} />
    </svg>
  );
}

const zero = (value: number | null) => value ?? 0;

function pathOf(values: readonly (number | null)[], top: number): string {
  if (values.length < 2) return "";
  const points = values.map((value, index) => {
    const x = (100 * index) / (values.length - 1);
    const y = 27 - (26 * zero(value)) / top;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return `M${points.join(" ")}`;
}
