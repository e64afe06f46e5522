/**
 * Read your own writes: when this user last wrote to a repository. For ten minutes no answer about it may be older than
 * that, since an event of GitHub's needs its time to end what the relay stored.
 */
import { parseJson, isObject } from "../json.ts";
import type { Marks } from "./marks.ts";

const REMEMBERED_MS = 10 * 60_000;
/** A write whose repository is not known counts for all of them. */
const ANYWHERE = "write anywhere";
/** So does every write for a read whose repository is not known, such as a search. */
const LATEST = "latest write";

export interface OwnWrites {
  /** Notes a write that passes now. Undefined: somewhere. */
  note(repository: string | undefined): void;
  /** Whole seconds since the last write that a read may show; undefined where there was none of late. */
  secondsSince(repository: string | undefined): number | undefined;
}

export function openOwnWrites(marks: Marks): OwnWrites {
  return {
    note(repository) {
      marks.set(repository === undefined ? ANYWHERE : nameOf(repository));
      marks.set(LATEST);
    },
    secondsSince(repository) {
      const names = repository === undefined ? [LATEST] : [nameOf(repository), ANYWHERE];
      const ages = names.map((name) => marks.age(name)).filter((age) => age !== undefined && age < REMEMBERED_MS);
      return ages.length === 0 ? undefined : Math.floor(Math.min(...(ages as number[])) / 1000);
    },
  };
}

const nameOf = (repository: string): string => `write ${repository.toLowerCase()}`;

/** `owner/repo` of a REST path, also of uploads; undefined where it names none. */
export function repositoryOfPath(path: string): string | undefined {
  const [, owner, repo] = /^\/(?:api\/v3\/)?repos\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  return owner === undefined || repo === undefined ? undefined : `${owner}/${repo}`.toLowerCase();
}

export interface GraphqlAsk {
  readonly isMutation: boolean;
  /** The repository its variables name. */
  readonly repository: string | undefined;
}

/** What a GraphQL body asks for. One that cannot be read may well write. */
export function readGraphql(body: string): GraphqlAsk {
  const value = parseJson(body);
  if (!isObject(value) || typeof value["query"] !== "string") return { isMutation: true, repository: undefined };
  // The word within a text or a comment is taken for one as well: that only makes later reads fresher.
  const isMutation = /\bmutation\b/.test(value["query"]);
  const variables = isObject(value["variables"]) ? value["variables"] : {};
  const { owner } = variables;
  const repo = variables["repo"] ?? variables["name"];
  const named = typeof owner === "string" && typeof repo === "string" && owner !== "" && repo !== "";
  return { isMutation, repository: named ? `${owner}/${repo}`.toLowerCase() : undefined };
}
