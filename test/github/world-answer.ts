import { prepare, type Prepared } from "./answer-cache.ts";
import type { Ask } from "./ask.ts";
import { decodeSegments, matchTemplate, type Matched } from "./match-template.ts";
import { JSON_TYPE, notFound } from "./refusal.ts";
import { restAnswer } from "./rest.ts";
import type { Audience, Question, WorldAnswer } from "./question.ts";
import type { StandInState } from "./state.ts";
import { isMember, type Repository, type World } from "./world.ts";

/** The repository a path speaks of, and the path in the form `/repos/{owner}/{repo}/…` whatever form was asked. */
export interface Located {
  readonly repository: Repository;
  /** Everything below the repository: empty, or starting with a slash. */
  readonly rest: string;
  /** False where a former name was used. */
  readonly isCurrentName: boolean;
}

/** Undefined: the path speaks of no repository. Null: of one that does not exist. */
export function locate(world: World, path: string): Located | null | undefined {
  const byId = /^\/repositories\/(\d{1,15})(\/.*)?$/.exec(path);
  const byName = /^\/(?:repos|networks)\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path);
  if (byId === null && byName === null) return undefined;
  const fullName = byName === null ? "" : `${decodeSegments(byName[1] ?? "")}/${decodeSegments(byName[2] ?? "")}`;
  const found = byId === null ? world.repository(fullName) : world.repositoryById(Number(byId[1]));
  if (found === undefined || found.visibility === "deleted") return null;
  const isCurrentName = byId !== null || found.fullName.toLowerCase() === fullName.toLowerCase();
  return { repository: found, rest: (byId?.[2] ?? byName?.[3]) || "", isCurrentName };
}

/** The path under which a resource is touched and its etag is counted: decoded, by name, without case. */
export function canonicalPath(world: World, path: string): string {
  const located = locate(world, path);
  const isNetwork = path.startsWith("/networks/");
  if (located === undefined || located === null || isNetwork) return decodeSegments(path).toLowerCase();
  return decodeSegments(`/repos/${located.repository.fullName}${located.rest}`).toLowerCase();
}

/** What the world knows, from the cache of generated bodies where it was asked before. */
export function worldAnswer(state: StandInState, ask: Ask): Prepared {
  const { world } = state;
  const login = ask.credential.kind === "user" ? ask.credential.login : undefined;
  const located = locate(world, ask.path);
  if (located === null) return prepare(notFound());
  if (located !== undefined && located.repository.visibility === "private" && !isMember(located.repository, login)) {
    return prepare(notFound());
  }
  if (located !== undefined && !located.isCurrentName) return prepare(movedAnswer(located, ask));
  const isNetwork = ask.path.startsWith("/networks/");
  const path = located === undefined || isNetwork ? ask.path : `/repos/${located.repository.fullName}${located.rest}`;
  const matched = matchTemplate(path);
  if (matched === undefined || !isKnown(world, matched)) return prepare(notFound());
  const question = questionOf({ state, ask, located, login, matched, path });
  const isPersonal = question.audience === "member" || ask.path === "/user" || world.canary !== undefined;
  const who = isPersonal ? login : "";
  const key = [path, sortedQuery(ask.query), question.accept, question.audience, who, question.version].join("\n");
  const prepared = state.answers.get(key, () => restAnswer(question));
  if (login !== undefined) noteOffer(world, ask.path, login, prepared);
  return prepared;
}

function noteOffer(world: World, path: string, credential: string, { bytes, answer }: Prepared): void {
  if (world.canary === undefined) return;
  const { marker } = world.canary;
  if (bytes.includes(marker)) world.noteOffer({ credential, path, where: "body" });
  if (JSON.stringify(answer.headers ?? {}).includes(marker)) world.noteOffer({ credential, path, where: "headers" });
}

interface Found {
  readonly state: StandInState;
  readonly ask: Ask;
  readonly located: Located | undefined;
  readonly login: string | undefined;
  readonly matched: Matched;
  readonly path: string;
}

function questionOf({ state, ask, located, login, matched, path }: Found): Question {
  const { world } = state;
  const repository = located?.repository ?? searchedRepository(world, ask);
  const isNetwork = ask.path.startsWith("/networks/");
  return {
    world,
    operation: matched.operation,
    params: matched.params,
    query: ask.query,
    accept: ask.headers.accept ?? "*/*",
    ...(repository === undefined ? {} : { repository }),
    audience: audienceOf(repository, login),
    ...(login === undefined ? {} : { login }),
    version: world.version(decodeSegments(path)),
    linkPath: located === undefined || isNetwork ? ask.path : `/repositories/${located.repository.id}${located.rest}`,
    origin: ask.origin,
  };
}

/** Search results speak of the repository that a `repo:` qualifier names, where it is public. */
function searchedRepository(world: World, { path, query }: Ask): Repository | undefined {
  if (!path.startsWith("/search/")) return undefined;
  const named = /(?:^|\s)repo:([\w.-]+\/[\w.-]+)/.exec(query.get("q") ?? "")?.[1];
  const found = named === undefined ? undefined : world.repository(named);
  return found?.visibility === "public" ? found : undefined;
}

function audienceOf(repository: Repository | undefined, login: string | undefined): Audience {
  if (login === undefined) return "public";
  return repository !== undefined && isMember(repository, login) ? "member" : "user";
}

/** Users and organizations nobody added do not exist. */
function isKnown(world: World, { operation, params }: Matched): boolean {
  if (params.org !== undefined && world.user(params.org) === undefined) return false;
  const namesUser = params.login !== undefined && !operation.startsWith("issues/");
  return !namesUser || world.user(params.login ?? "") !== undefined;
}

/** A renamed or transferred repository: 301, by id, query kept. */
function movedAnswer(located: Located, ask: Ask): WorldAnswer {
  const query = ask.query.size === 0 ? "" : `?${ask.query}`;
  const url = `${ask.origin}/repositories/${located.repository.id}${located.rest}${query}`;
  const documentation = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
  const body = JSON.stringify({ message: "Moved Permanently", url, documentation_url: documentation });
  return { status: 301, headers: { location: url }, contentType: JSON_TYPE, body, mediaFormat: "json", hasEtag: false };
}

function sortedQuery(query: URLSearchParams): string {
  if (query.size === 0) return "";
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return sorted.toString();
}
