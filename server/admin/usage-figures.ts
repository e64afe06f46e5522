/** Groups of usage added up into the overview's figures, buckets, routes and troubles. Pure. */
import type { Bucket, Figures, RouteUsage, Trouble } from "../../shared/dashboard/overview.ts";
import { NO_COUNTS, STATUS_NAMES, type StatusCounts, type StatusName, totalOf } from "../../shared/dashboard/status.ts";
import type { TimeWindow } from "../../shared/dashboard/window.ts";
import { LATENCY_BUCKETS, latencyQuantile } from "../store/latency.ts";
import type { BreakdownGroup, SeriesPoint } from "../store/series.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** About sixty buckets or fewer, none finer than the tables know. */
export function bucketOf({ from, to }: TimeWindow): number {
  const length = to - from;
  if (length <= 20 * MINUTE) return 15_000;
  if (length <= HOUR) return MINUTE;
  if (length <= 2 * HOUR) return 2 * MINUTE;
  if (length <= 50 * HOUR) return HOUR;
  if (length <= 8 * 24 * HOUR) return 3 * HOUR;
  return 24 * HOUR;
}

type Counted = Pick<BreakdownGroup, "answer" | "requests" | "revalidated">;

export function countsOf(groups: readonly Counted[]): StatusCounts {
  const counts: Record<StatusName, number> = { ...NO_COUNTS };
  for (const { answer, requests, revalidated } of groups) {
    if (answer === "hit") {
      counts.hit += requests - revalidated;
      counts.revalidated += revalidated;
    } else if (isStatus(answer)) counts[answer] += requests;
  }
  return counts;
}

const isStatus = (text: string): text is StatusName => STATUS_NAMES.some((name) => name === text);

export function addCounts(all: readonly StatusCounts[]): StatusCounts {
  const total = (name: StatusName) => all.reduce((sum, counts) => sum + counts[name], 0);
  return Object.fromEntries(STATUS_NAMES.map((name) => [name, total(name)])) as StatusCounts;
}

export function figuresOf(points: readonly SeriesPoint[]): Figures {
  const latency = Array.from({ length: LATENCY_BUCKETS }, (_, index) =>
    points.reduce((sum, point) => sum + (point.latency[index] ?? 0), 0),
  );
  return {
    counts: addCounts(points.map(({ counts }) => counts)),
    saved: points.reduce((sum, point) => sum + point.saved, 0),
    units: points.reduce((sum, point) => sum + point.units, 0),
    p50: latencyQuantile(latency, 0.5),
    p95: latencyQuantile(latency, 0.95),
  };
}

/** Every bucket of the window, the empty ones too. */
export function bucketsOf(
  { from, to }: TimeWindow,
  bucketMs: number,
  now: readonly SeriesPoint[],
  before: readonly SeriesPoint[],
): readonly Bucket[] {
  const first = Math.floor(from / bucketMs) * bucketMs;
  const length = Math.ceil((to - first) / bucketMs);
  const [nowAt, beforeAt] = [byBucket(now), byBucket(before)];
  return Array.from({ length }, (_, index) => {
    const at = first + index * bucketMs;
    return { at, now: figuresOf(nowAt.get(at) ?? []), before: figuresOf(beforeAt.get(at) ?? []) };
  });
}

function byBucket(groups: readonly SeriesPoint[]): ReadonlyMap<number, readonly SeriesPoint[]> {
  const found = new Map<number, SeriesPoint[]>();
  for (const group of groups) {
    const known = found.get(group.bucket);
    if (known === undefined) found.set(group.bucket, [group]);
    else known.push(group);
  }
  return found;
}

/** Most requests first. */
export function routesOf(groups: readonly BreakdownGroup[]): readonly RouteUsage[] {
  const kinds = [...new Set(groups.map(({ routeKind }) => routeKind))];
  return kinds
    .map((id) => ({ id, counts: countsOf(groups.filter(({ routeKind }) => routeKind === id)) }))
    .sort((one, other) => totalOf(other.counts) - totalOf(one.counts) || (one.id < other.id ? -1 : 1));
}

const TROUBLES = ["stale", "fallback", "error"] as const;

/** Newest first, `most` at most. */
export function troublesOf(groups: readonly BreakdownGroup[], most: number): readonly Trouble[] {
  const found = new Map<string, BreakdownGroup[]>();
  for (const group of groups) {
    if (!TROUBLES.some((status) => status === group.answer)) continue;
    const id = `${group.answer} ${codeOf(group)}`;
    found.set(id, [...(found.get(id) ?? []), group]);
  }
  return [...found]
    .map(([id, parts]) => {
      const [first] = parts;
      const kinds = parts.toSorted((one, other) => other.requests - one.requests).map(({ routeKind }) => routeKind);
      return {
        id,
        status: TROUBLES.find((status) => status === first?.answer) ?? "error",
        code: first === undefined ? "" : codeOf(first),
        requests: parts.reduce((sum, { requests }) => sum + requests, 0),
        kinds: [...new Set(kinds)].slice(0, 3),
        lastAt: Math.max(...parts.map(({ lastAt }) => lastAt)),
      };
    })
    .sort((one, other) => other.lastAt - one.lastAt)
    .slice(0, most);
}

const codeOf = ({ outcome }: BreakdownGroup) => (outcome.includes(":") ? outcome.slice(outcome.indexOf(":") + 1) : "");
