/** What the stand-in GitHub says of some pulls, version by version, and whether an answer may be one of them. */
import { createHash } from "node:crypto";
import type { StandInClient } from "../../test/github/client.ts";

/** What an answer may not be older than when it was asked for. */
export interface Bound {
  readonly path: string;
  /** By the caller's max-age. */
  readonly byAge: number;
  /** By an acknowledged purge. */
  readonly byPurge: number;
}

export interface BoundAsk {
  /** The caller's max-age in seconds. */
  readonly maxAge?: number;
}

/** An answer is as old as its fetch, whose beginning is up to a second and a half before its age says. */
const AGE_SLACK_MS = 1_500;

export class Published {
  readonly paths: readonly string[];
  readonly #github: StandInClient;
  /** When each version was out, the first at 0. */
  readonly #since = new Map<string, number[]>();
  readonly #purged = new Map<string, number>();

  constructor(github: StandInClient, paths: readonly string[]) {
    this.#github = github;
    this.paths = paths;
  }

  /** The next version of a pull is GitHub's from now on. */
  async publish(path: string): Promise<void> {
    const versions = this.#since.get(path) ?? [];
    const version = versions.length + 1;
    // Known before it is out: an answer may hold it from this moment on.
    this.#since.set(path, [...versions, Number.POSITIVE_INFINITY]);
    await this.#github.script([{ path, instead: true, body: bodyOf(path, version) }]);
    this.#since.set(path, [...versions, Date.now()]);
  }

  async publishAll(): Promise<void> {
    for (const path of this.paths) await this.publish(path);
  }

  /** A purge that was acknowledged: what was out when it began is the least that may be served from now on. */
  async purged(path: string, purge: () => Promise<boolean>): Promise<boolean> {
    const version = this.#outAt(path, Date.now());
    const isDone = await purge();
    if (isDone) this.#purged.set(path, Math.max(version, this.#purged.get(path) ?? 0));
    return isDone;
  }

  boundOf(path: string, { maxAge }: BoundAsk = {}): Bound {
    const byAge = maxAge === undefined ? 1 : this.#outAt(path, Date.now() - maxAge * 1000 - AGE_SLACK_MS);
    return { path, byAge, byPurge: this.#purged.get(path) ?? 1 };
  }

  /**
   * Undefined: the body is whole and of a version that may be served; else what is wrong with it. `heedsPurges` false: the
   * relay could not look at purges and judged by age alone (docs/architecture.md).
   */
  complaint(bound: Bound, body: unknown, heedsPurges = true): string | undefined {
    const title = (body as { readonly title?: unknown } | null)?.title;
    const version = Number(/^version (\d+) of /.exec(typeof title === "string" ? title : "")?.[1] ?? "NaN");
    const known = this.#since.get(bound.path)?.length ?? 0;
    if (!(version >= 1 && version <= known))
      return `${bound.path}: no version of it: ${JSON.stringify(body)?.slice(0, 200)}`;
    const said = body as Readonly<Record<string, unknown>>;
    const expected = bodyOf(bound.path, version);
    if (said["body"] !== expected.body || said["number"] !== expected.number)
      return `${bound.path}: its bytes are not whole`;
    if (version < bound.byAge)
      return `${bound.path}: version ${version}, older than max-age allows: ${bound.byAge} was out`;
    if (heedsPurges && version < bound.byPurge)
      return `${bound.path}: version ${version}, purged when ${bound.byPurge} was out`;
    return undefined;
  }

  #outAt(path: string, at: number): number {
    return (this.#since.get(path) ?? []).findLastIndex((since) => since <= at) + 1;
  }
}

/** From this number on a body is too large for a row of D1. */
const LARGE_FROM = 9_000;

/** A pull whose text is a function of its path and version, long enough to be torn; hexadecimal halves when compressed. */
function bodyOf(path: string, version: number) {
  const number = Number(path.split("/").at(-1));
  const blocks = number < LARGE_FROM ? 24 : 5_000;
  const filler = Array.from({ length: blocks }, (_, at) =>
    createHash("sha512").update(`${path} ${version} ${at}`).digest("hex"),
  );
  return {
    number,
    state: "open",
    mergeable: true,
    merged: false,
    merged_at: null,
    title: `version ${version} of ${path}`,
    body: filler.join(""),
  };
}
