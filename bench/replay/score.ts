/** A played day judged against the model: what was stale and for how long, what was spent, and what was needed. */
import type { UpstreamCall } from "./github.ts";
import { countNeeds, neededAnswers, type Needed } from "./need.ts";
import { promisedMs } from "./promise.ts";
import type { Read } from "./reads.ts";
import type { Played } from "./step.ts";
import type { Thing } from "./thing.ts";

export interface PlayedRead extends Played {
  readonly read: Read;
}

export interface Stale {
  readonly path: string;
  readonly routeKind: string;
  /** Since GitHub's next version came, in milliseconds. */
  readonly ageMs: number;
  readonly cache: string;
  readonly staleReason: string;
  /** The missed change is one that no event tells of. */
  readonly untold: boolean;
  /** Older than the route table lets a copy become where no webhook ends it, or fetched later than what it lacks. */
  readonly brokePromise: boolean;
}

export interface Score {
  readonly reads: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly caches: Readonly<Record<string, number>>;
  readonly stale: readonly Stale[];
  readonly needed: Needed;
  readonly units: number;
  /** Of them, what the first fetch of each thing cost: no relay can spare it. */
  readonly firstUnits: number;
  readonly proofUnits: number;
  readonly freeReads: number;
  readonly peakUnitsAnHour: number;
  /** What was needed and what was spent on it, by the shape of the answers. */
  readonly byShape: Readonly<Record<string, Needed & { readonly units: number }>>;
  /** Units spent on a version that had been fetched before, by shape, credential and whether it was asked conditionally. */
  readonly wasted: Readonly<Record<string, number>>;
}

export interface Judging {
  readonly things: ReadonlyMap<string, Thing>;
  /** What was before is known, and not counted. */
  readonly from: number;
}

export function score(played: readonly PlayedRead[], calls: readonly UpstreamCall[], judging: Judging): Score {
  const { things, from } = judging;
  const measured = played.filter(({ read }) => read.at >= from);
  const spent = calls.filter(({ at }) => at >= from);
  const reads = spent.filter(({ kind }) => kind === "read");
  const needs = neededAnswers(
    played.map(({ read }) => read),
    things,
    from,
  );
  const shapeOf = (path: string) => things.get(path)?.shape ?? "?";
  const shapes = [...new Set(things.values().map(({ shape }) => shape))];
  return {
    reads: measured.length,
    refused: tally(measured.filter(({ status }) => status !== 200).map(({ cache }) => cache)),
    caches: tally(measured.map(cacheOf)),
    stale: measured.flatMap((each) => staleness(each, judging)),
    needed: countNeeds(needs),
    units: sum(reads),
    firstUnits: sum(firstCalls(calls).filter(({ at }) => at >= from)),
    proofUnits: sum(spent.filter(({ kind }) => kind === "proof")),
    freeReads: reads.filter(({ charged }) => charged === 0).length,
    peakUnitsAnHour: Math.max(
      ...Map.groupBy(spent, ({ at }) => Math.floor(at / 3_600_000))
        .values()
        .map(sum),
      0,
    ),
    byShape: Object.fromEntries(
      shapes.map((shape) => [
        shape,
        {
          ...countNeeds(needs.filter(({ path }) => shapeOf(path) === shape)),
          units: sum(reads.filter(({ path }) => shapeOf(path) === shape)),
        },
      ]),
    ),
    wasted: tally(wastedCalls(calls, judging)),
  };
}

function cacheOf({ cache, revalidated }: Played): string {
  return revalidated ? "revalidated" : cache;
}

function staleness(each: PlayedRead, { things }: Judging): Stale[] {
  const { read, status, version, routeKind, cache, staleReason, createdAt } = each;
  const thing = things.get(read.path);
  if (status !== 200 || thing === undefined || version === 0) return [];
  const missed = thing.changeTo(version + 1);
  // A change at the very moment of the question had not happened before it.
  if (missed === undefined || missed.at >= read.at) return [];
  const keptPromise = createdAt <= missed.at && read.at <= createdAt + promisedMs(thing, createdAt);
  const ageMs = read.at - missed.at;
  const untold = missed.untold === true;
  return [{ path: read.path, routeKind, ageMs, cache, staleReason, untold, brokePromise: !keptPromise }];
}

/** One for each thing, the warm-up's included: what was fetched there is no first any more. */
function firstCalls(calls: readonly UpstreamCall[]): readonly UpstreamCall[] {
  const seen = new Set<string>();
  return calls.filter(({ kind, path }) => {
    if (kind !== "read" || seen.has(path)) return false;
    seen.add(path);
    return true;
  });
}

function wastedCalls(calls: readonly UpstreamCall[], { things, from }: Judging): readonly string[] {
  const fetched = new Map<string, number>();
  return calls.flatMap(({ at, kind, path, version, charged, credential, conditional }) => {
    if (kind !== "read") return [];
    const before = fetched.get(path);
    fetched.set(path, version);
    if (at < from || charged === 0 || before !== version) return [];
    const by = credential === "anonymous" ? "anonymous" : "identity";
    return [`${things.get(path)?.shape ?? "?"}, ${by}, ${conditional ? "conditional" : "unconditional"}`];
  });
}

export function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted((left, right) => right[1] - left[1]));
}

function sum(calls: readonly UpstreamCall[]): number {
  return calls.reduce((total, { charged }) => total + charged, 0);
}
