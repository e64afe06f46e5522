/**
 * Which other repositories an answer names, and what becomes of what belongs to one that is not proven public. An object
 * belongs to the repository in its own address: an issue, a pull, an event, a commit. A repository embedded in the answer
 * that says `private: false` is its own proof.
 */
import type { ObjectVerdict, ObjectView } from "./json-spans.ts";

/** Where GitHub writes an object's own address. What people write (`target_url`, `homepage`) tells nothing. */
const ADDRESSES = [
  "url",
  "html_url",
  "repository_url",
  "issue_url",
  "pull_request_url",
  "object_url",
  "href",
  "git_url",
] as const;
/** Submodules stand in a directory with the address of another repository, which `.gitmodules` tells everybody. */
const IS_FILE = "download_url";

const API_ADDRESS = /^"https?:\/\/[^/"]+(?:\/api\/v3)?\/repos\/([^/"?#{\\]+)\/([^/"?#{\\]+)/;
const API_NUMBER = /^"https?:\/\/[^/"]+(?:\/api\/v3)?\/repositories\/(\d+)/;
const WEB_ADDRESS = /^"(?:https?|git):\/\/github\.com\/([^/"?#\\]+)\/([^/"?#{\\]+)/;
/** First words of github.com's addresses that are no owner's name. */
const NO_OWNER = new Set(["apps", "orgs", "organizations", "users", "advisories", "security", "sponsors", "topics"]);

/** Members of an element that say where it happened or what it is about: without them it is not told of at all. */
const WHERE_IT_HAPPENED = new Set(["repository", "forkee"]);

export interface Own {
  /** The row's own repository under every name it is known by, `owner/repo` lower-cased. */
  readonly names: ReadonlySet<string>;
  readonly repositoryId: number | undefined;
}

export class References {
  readonly #own: Own;
  readonly #hidden: ReadonlySet<string>;
  readonly #named = new Set<string>();
  readonly #proven = new Set<string>();

  /** @param hidden what a first look named and nobody proved public. */
  constructor(own: Own, hidden: ReadonlySet<string> = new Set()) {
    this.#own = own;
    this.#hidden = hidden;
  }

  /** After a walk: the repositories it named that neither are the row's own nor said themselves that they are public. */
  unproven(): readonly string[] {
    return [...this.#named].filter((name) => !this.#proven.has(name));
  }

  judge(object: ObjectView, isRepository: boolean): ObjectVerdict {
    if (isRepository) return this.#judgeRepository(object);
    if (!object.has(IS_FILE)) {
      for (const key of ADDRESSES) if (this.#isHidden(object.raw(key))) return placeless(object);
    }
    this.#isHidden(object.raw("commit_url"));
    return "keep";
  }

  /** An event may name a commit of another repository: GitHub itself tells such an event without the commit. */
  pointsToHidden(object: ObjectView): boolean {
    return this.#isHidden(object.raw("commit_url"));
  }

  #judgeRepository(object: ObjectView): ObjectVerdict {
    const name = textOf(object.raw("full_name"))?.toLowerCase();
    if (name !== undefined && object.raw("private") === "false") {
      this.#proven.add(name);
      return "keep";
    }
    if (name !== undefined && !this.#own.names.has(name)) this.#named.add(name);
    // Its object alone would become null (sanitize.ts), and leave what was found, or done, in it.
    return object.under !== undefined && WHERE_IT_HAPPENED.has(object.under) ? "lose" : "keep";
  }

  #isHidden(raw: string | undefined): boolean {
    const name = raw === undefined ? undefined : repositoryIn(raw);
    if (name === undefined || this.#own.names.has(name) || name === `#${this.#own.repositoryId}`) return false;
    this.#named.add(name);
    return this.#hidden.has(name);
  }
}

/** What becomes of an object that belongs to a repository nobody has proven public. */
function placeless({ depth, under, around, inArray }: ObjectView): ObjectVerdict {
  // The pulls of a run or a check: few, and no page is counted by them.
  if (inArray && around === "pull_requests") return "drop";
  const isEnd = under === "repo" && (around === "head" || around === "base");
  if (depth > 0 && (isEnd || under === "head_repository")) return { replace: "null" };
  return "lose";
}

/** @param raw a member's JSON text. @returns `owner/repo` lower-cased, or `#` and a number. */
function repositoryIn(raw: string): string | undefined {
  if (!raw.startsWith('"http') && !raw.startsWith('"git:')) return undefined;
  const [, owner, repo] = API_ADDRESS.exec(raw) ?? WEB_ADDRESS.exec(raw) ?? [];
  if (owner !== undefined && repo !== undefined) {
    return NO_OWNER.has(owner) ? undefined : `${owner}/${repo.replace(/\.git$/, "")}`.toLowerCase();
  }
  const number = API_NUMBER.exec(raw)?.[1];
  return number === undefined ? undefined : `#${number}`;
}

function textOf(raw: string | undefined): string | undefined {
  return raw?.startsWith('"') === true ? (JSON.parse(raw) as string) : undefined;
}
