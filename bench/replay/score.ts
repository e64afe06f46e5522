/** A played day judged against the model: what was stale and for how long, what was spent, and what was needed. */
import type { UpstreamCall } from "./github.ts";
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
  /** Older than the answer's own lifetime and the time it may be served past it. */
  readonly brokePromise: boolean;
}

export interface Score {
  readonly reads: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly caches: Readonly<Record<string, number>>;
  readonly stale: readonly Stale[];
  /** Answers that differ from what the same question was answered before, at GitHub. */
  readonly changed: number;
  /** First questions about a thing: there is nothing that could have changed. */
  readonly first: number;
  readonly units: number;
  readonly proofUnits: number;
  readonly freeReads: number;
  readonly peakUnitsAnHour: number;
  /** Units spent on a version that had been fetched before, by shape, credential and whether it was asked conditionally. */
  readonly wasted: Readonly<Record<string, number>>;
}

/** @param swrMsOf how long past its end an answer of this kind may be served, in milliseconds. */
export function score(
  played: readonly PlayedRead[],
  calls: readonly UpstreamCall[],
  things: ReadonlyMap<string, Thing>,
  swrMsOf: (routeKind: string) => number,
): Score {
  const reads = calls.filter(({ kind }) => kind === "read");
  return {
    reads: played.length,
    refused: tally(played.filter(({ status }) => status !== 200).map(({ cache }) => cache)),
    caches: tally(played.map(cacheOf)),
    stale: played.flatMap((each) => staleness(each, things, swrMsOf)),
    ...neededAnswers(played, things),
    units: sum(reads),
    proofUnits: sum(calls.filter(({ kind }) => kind === "proof")),
    freeReads: reads.filter(({ charged }) => charged === 0).length,
    peakUnitsAnHour: Math.max(
      ...Map.groupBy(calls, ({ at }) => Math.floor(at / 3_600_000))
        .values()
        .map(sum),
      0,
    ),
    wasted: tally(wastedCalls(reads, things)),
  };
}

function cacheOf({ cache, revalidated }: Played): string {
  return revalidated ? "revalidated" : cache;
}

function staleness(each: PlayedRead, things: ReadonlyMap<string, Thing>, swrMsOf: (kind: string) => number): Stale[] {
  const { read, status, version, routeKind, cache, staleReason, createdAt, expiresAt } = each;
  const thing = things.get(read.path);
  if (status !== 200 || thing === undefined || version === 0) return [];
  const missed = thing.changeTo(version + 1);
  // A change at the very moment of the question had not happened before it.
  if (missed === undefined || missed.at >= read.at) return [];
  const brokePromise = read.at > expiresAt + swrMsOf(routeKind) || Number.isNaN(createdAt);
  const ageMs = read.at - missed.at;
  return [{ path: read.path, routeKind, ageMs, cache, staleReason, untold: missed.untold === true, brokePromise }];
}

function neededAnswers(played: readonly PlayedRead[], things: ReadonlyMap<string, Thing>) {
  const seen = new Map<string, number>();
  let [changed, first] = [0, 0];
  for (const { read } of played) {
    const version = things.get(read.path)?.versionAt(read.at) ?? 0;
    const before = seen.get(read.path);
    if (before === undefined) first += 1;
    else if (before !== version) changed += 1;
    seen.set(read.path, version);
  }
  return { changed, first };
}

function wastedCalls(reads: readonly UpstreamCall[], things: ReadonlyMap<string, Thing>): readonly string[] {
  const fetched = new Map<string, number>();
  return reads.flatMap(({ path, version, charged, credential, conditional }) => {
    const before = fetched.get(path);
    fetched.set(path, version);
    if (charged === 0 || before !== version) return [];
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
