/** How people write GitHub paths -> the relay's path and query (2-wire, `path` and `query`). */
import { UsageProblem } from "./exit.ts";
import { isLoopback } from "./address.ts";
import { joinQuery, type Pair } from "./pairs.ts";

export interface ApiPath {
  /** Absolute, as typed: escapes stay as they are. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
}

/** A missing slash is added, a query string is split off; https://api.github.com may stand in front, as with gh api. */
export function readApiPath(text: string, more: readonly Pair[] = []): ApiPath {
  const local = text.replace(/^https:\/\/api\.github\.com(?=\/)/i, "");
  if (local.includes("://")) {
    throw new UsageProblem(`"${text}" is not a path of GitHub's API.`, "octopool api repos/OWNER/REPO");
  }
  return splitQuery(local.startsWith("/") ? local : `/${local}`, more);
}

/** The next page of a `link` header (RFC 8288), or undefined. Only pages on GitHub's API, or a local stand-in, count. */
export function nextPage(link: string | undefined): ApiPath | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "")?.[1];
  if (next === undefined || !URL.canParse(next)) return undefined;
  const url = new URL(next);
  if (url.hostname !== "api.github.com" && !isLoopback(url.hostname)) return undefined;
  return splitQuery(`${url.pathname}${url.search}`, []);
}

function splitQuery(text: string, more: readonly Pair[]): ApiPath {
  const mark = text.indexOf("?");
  const path = mark === -1 ? text : text.slice(0, mark);
  const written =
    mark === -1 ? [] : [...new URLSearchParams(text.slice(mark + 1))].map(([key, value]) => ({ key, value }));
  return { path, query: joinQuery([...written, ...more]) };
}
