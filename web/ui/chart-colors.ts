/** The tokens as a canvas needs them: resolved colours, and the patterns of the marks. */
import type { StatusName } from "../../shared/dashboard/status.ts";

export interface ChartColors {
  readonly ink: string;
  readonly ink3: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly bg: string;
  readonly fills: Readonly<Record<StatusName, string | CanvasPattern>>;
}

/** `light-dark()` of a custom property is resolved only where a property uses it. */
function resolver(): (token: string) => string {
  const probe = document.createElement("i");
  document.body.appendChild(probe);
  const resolve = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  queueMicrotask(() => probe.remove());
  return resolve;
}

export function readColors(): ChartColors {
  const of = resolver();
  const bg = of("--bg");
  const stripes = (token: string, kind: Stripes) => pattern(of(token), bg, kind);
  return {
    ink: of("--ink"),
    ink3: of("--ink-3"),
    line: of("--line"),
    lineStrong: of("--line-strong"),
    bg,
    fills: {
      hit: of("--hit"),
      revalidated: stripes("--revalidated", "rising"),
      stale: stripes("--stale", "level"),
      miss: of("--miss"),
      bypass: of("--bypass"),
      fallback: stripes("--fallback", "falling"),
      error: of("--error"),
    },
  };
}

type Stripes = "rising" | "falling" | "level";

/** A tile of stripes on the page's ground: what lies under a bar must not shine through. */
function pattern(color: string, ground: string, kind: Stripes): string | CanvasPattern {
  const scale = Math.max(1, Math.round(devicePixelRatio));
  const size = (kind === "level" ? 3 : 6) * scale;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const context = tile.getContext("2d");
  if (context === null) return color;
  context.fillStyle = ground;
  context.fillRect(0, 0, size, size);
  if (kind === "level") {
    context.fillStyle = color;
    context.fillRect(0, 0, size, 2 * scale);
  } else {
    context.strokeStyle = color;
    context.lineWidth = 2 * scale;
    for (const shift of [-size, 0, size]) {
      context.beginPath();
      context.moveTo(shift - scale, kind === "rising" ? size + scale : -scale);
      context.lineTo(shift + size + scale, kind === "rising" ? -scale : size + scale);
      context.stroke();
    }
  }
  return context.createPattern(tile, "repeat") ?? color;
}
