/** What a relay that knew everything would still have to fetch: answers that nobody here has been given before. */
import type { Read } from "./reads.ts";
import type { Thing } from "./thing.ts";

export interface Needed {
  /** Answers that differ from what the same question was answered before. */
  readonly changed: number;
  /** First answers about a thing: nothing lies between two reads of it yet (decision 7). */
  readonly first: number;
}

export interface Need {
  readonly path: string;
  readonly why: keyof Needed;
}

/** @param reads in their order, also those from before the measured time: what they were answered is known. */
export function neededAnswers(
  reads: readonly Pick<Read, "at" | "path">[],
  things: ReadonlyMap<string, Thing>,
  from: number,
): readonly Need[] {
  const seen = new Map<string, number>();
  return reads.flatMap(({ at, path }): readonly Need[] => {
    const version = things.get(path)?.versionAt(at) ?? 0;
    const before = seen.get(path);
    seen.set(path, version);
    if (at < from || before === version) return [];
    return [{ path, why: before === undefined ? "first" : "changed" }];
  });
}

export function countNeeds(needs: readonly Need[]): Needed {
  const count = (of: keyof Needed) => needs.filter(({ why }) => why === of).length;
  return { changed: count("changed"), first: count("first") };
}
