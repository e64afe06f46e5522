/**
 * Which files of a commit are plain ones, as git trees that GitHub answered for that commit show: what a raw file needs
 * to be exact. Learnt from answers that pass by, or that the lookup finds stored; nothing is ever asked for it.
 */
import { commitOf } from "../github/transports/raw.ts";
import type { PlainFile } from "../github/transports/web-plan.ts";
import { cacheKeyOf } from "./cache-key.ts";
import type { Job } from "./stages.ts";

/** Over all trees; about 3 MB. A larger tree is not learnt. */
const MAX_FILES = 20_000;
/** How clients ask for the tree of a commit; without `recursive` it shows the files of the root. */
const TREE_QUERIES = ["recursive=1", "recursive=true", ""] as const;
const PLAIN_MODE = /^100(644|755)$/;
const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const TREE_URL = /^https:\/\/api\.github\.com\/repos\/([^/]+\/[^/]+)\/(?:git\/)?trees\//;

interface Tree {
  readonly fullName: string;
  readonly files: ReadonlyMap<string, Pick<PlainFile, "sha" | "size">>;
}

export class PlainFiles {
  readonly #trees = new Map<string, Tree>();
  #files = 0;

  /** @param cacheKey of the tree's question. */
  learn(cacheKey: string, json: unknown): void {
    const tree = readTree(json);
    if (tree === undefined || tree.files.size > MAX_FILES) return;
    this.#forget(cacheKey);
    this.#trees.set(cacheKey, tree);
    this.#files += tree.files.size;
    for (const oldest of this.#trees.keys()) {
      if (this.#files <= MAX_FILES) break;
      this.#forget(oldest);
    }
  }

  /** The keys of trees that would tell of the job's file, where none is known yet: the lookup reads them beside its own. */
  unknownTrees(job: Job): readonly string[] {
    const keys = treeKeysOf(job);
    return keys.some((key) => this.#trees.has(key)) ? [] : keys;
  }

  find(job: Job): PlainFile | undefined {
    const path = job.route.match.params["path"] ?? "";
    for (const key of treeKeysOf(job)) {
      const tree = this.#trees.get(key);
      const file = tree?.files.get(path);
      if (tree !== undefined && file !== undefined) return { ...file, fullName: tree.fullName };
    }
    return undefined;
  }

  /** Nothing is kept of a repository that is not public. @param scope `owner/repo`, lower-cased. */
  forgetScope(scope: string): void {
    for (const [key, tree] of this.#trees) if (tree.fullName.toLowerCase() === scope) this.#forget(key);
  }

  #forget(cacheKey: string): void {
    this.#files -= this.#trees.get(cacheKey)?.files.size ?? 0;
    this.#trees.delete(cacheKey);
  }
}

function treeKeysOf({ route, pool, ask, repository }: Job): readonly string[] {
  const commit = route.match.route.transports.includes("raw") ? commitOf(route.canonicalQuery) : undefined;
  if (commit === undefined || repository === undefined) return [];
  const canonicalPath = `/repos/${repository.owner}/${repository.repo}/git/trees/${commit}`;
  return TREE_QUERIES.map((canonicalQuery) =>
    cacheKeyOf(pool.id, { match: { canonicalPath }, canonicalQuery, variant: "json" }, ask.apiVersion, ""),
  );
}

/** GitHub's answer, checked: what is not a tree teaches nothing. */
function readTree(json: unknown): Tree | undefined {
  if (!isRecord(json)) return undefined;
  const { url, tree } = json;
  const fullName = typeof url === "string" ? TREE_URL.exec(url)?.[1] : undefined;
  if (fullName === undefined || !Array.isArray(tree)) return undefined;
  const files = new Map<string, Pick<PlainFile, "sha" | "size">>();
  for (const item of tree as readonly unknown[]) {
    if (!isRecord(item)) return undefined;
    const { path, mode, sha, size } = item;
    if (typeof path !== "string" || typeof mode !== "string" || !PLAIN_MODE.test(mode)) continue;
    if (typeof sha === "string" && SHA.test(sha) && Number.isSafeInteger(size))
      files.set(path, { sha, size: Number(size) });
  }
  return { fullName, files };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
