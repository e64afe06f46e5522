/**
 * Which repositories a page may name. A request for a private one is refused, but its audit row, the lease of its proof
 * and the rest of its identity still know the name; the browser is told it only where GitHub said "public".
 */
import type { Db } from "../store/db.ts";
import { readVerdicts } from "../store/visibility.ts";

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** `served`: it was answered, so it was proven public then; hidden only where GitHub said otherwise since. */
export type MayName = (name: RepositoryName, served: boolean) => boolean;

export async function nameable(db: Db, names: readonly RepositoryName[]): Promise<MayName> {
  const distinct = new Map(names.map((name) => [keyOf(name), name]));
  const verdicts = await readVerdicts(db, [...distinct.values()]);
  return (name, served) => verdicts.get(keyOf(name)) ?? served;
}

const keyOf = ({ owner, repo }: RepositoryName) => `${owner}/${repo}`.toLowerCase();

const REPOSITORY_KEY = /^(\/(?:repos|networks)\/)([^/{}]+)\/([^/{}]+)/;

/** The repository that a route key names; undefined where it names none. */
export function repositoryOfKey(routeKey: string): RepositoryName | undefined {
  const [, , owner, repo] = REPOSITORY_KEY.exec(routeKey) ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo };
}

/** The key with the repository as its parameters: `/repos/{owner}/{repo}/pulls`. */
export function withoutName(routeKey: string): string {
  return routeKey.replace(REPOSITORY_KEY, "$1{owner}/{repo}");
}

/** A lease's or a rest's `kind owner/repo`: the repository in it. */
export function repositoryOfLease(routeKey: string): RepositoryName | undefined {
  const [, owner, repo] =
    /^\S+ ([^/\s*]+)\/([^/\s]+)$/.exec(routeKey) ?? /\/(?:repos|networks)\/([^/]+)\/([^/]+)/.exec(routeKey) ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo };
}
