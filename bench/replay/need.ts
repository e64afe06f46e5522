/** What a relay that knew everything would still have to fetch: answers that nobody here has been given before. */
import type { Read } from "./reads.ts";
import type { Thing } from "./thing.ts";

export interface Needed {
  /** Answers that differ from what the same question was answered before. */
  readonly changed: number;
  /** First answers about what came into being in the measured time: from "not there" they changed, too. */
  readonly born: number;
  /** First answers about what had been there before: an empty relay's cost, and no need of a running one. */
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
    const thing = things.get(path);
    const version = thing?.versionAt(at) ?? 0;
    const before = seen.get(path);
    seen.set(path, version);
    if (at < from || before === version) return [];
    if (before !== undefined) return [{ path, why: "changed" }];
    return [{ path, why: (thing?.changeTo(1)?.at ?? 0) >= from ? "born" : "first" }];
  });
}

export function countNeeds(needs: readonly Need[]): Needed {
  const count = (of: keyof Needed) => needs.filter(({ why }) => why === of).length;
  return { changed: count("changed"), born: count("born"), first: count("first") };
}
