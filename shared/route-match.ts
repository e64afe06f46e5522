/** Path to row: which row of the table a path asks for, with its parameters and the forms it is sent and keyed under. */
import type { Segment } from "./route-path.ts";
import { parsePath } from "./route-path.ts";
import { ROUTES } from "./routes/index.ts";
import { ruleOf } from "./routes/parameters.ts";
import type { RouteSpec } from "./routes/spec.ts";
import { fillTemplate, parameterOf } from "./routes/template.ts";
import type { TrieEdge, TrieNode } from "./routes/trie.ts";
import { buildTrie } from "./routes/trie.ts";

export interface RouteMatch {
  readonly route: RouteSpec;
  /** Decoded; in the caller's case but for full SHAs, which are lower-cased. */
  readonly params: Readonly<Record<string, string>>;
  /** Lower-cased. Absent on rows without a repository, and until `repositoryId` is resolved. */
  readonly owner?: string;
  readonly repo?: string;
  /** The path was `/repositories/{id}/…`: pass it through `resolveRepositoryId` before anything is asked of GitHub. */
  readonly repositoryId?: number;
  /** The path was `/user`: pass it through `resolveSelf` with the caller's login. */
  readonly self?: boolean;
  /** What GitHub is asked for, escaped. Until resolved it holds the unfilled braces, which name nothing at GitHub. */
  readonly upstreamPath: string;
  /** The same with owner, repository, organization and login lower-cased: for the cache key. */
  readonly canonicalPath: string;
}

export type Classified =
  | { readonly kind: "ok"; readonly match: RouteMatch }
  | { readonly kind: "invalid_path"; readonly why: string }
  | { readonly kind: "route_denied"; readonly why: string };

const TRIE: TrieNode = buildTrie(ROUTES);
const REPOSITORY_NODE = nodeAt("repos", "{owner}", "{repo}");
const USER_ROUTE = nodeAt("users", "{login}").route;

/** Parses and matches in one step. Never throws; the reason is a sentence fit for the caller. */
export function classifyPath(path: string): Classified {
  const parsed = parsePath(path);
  if (parsed.kind !== "ok") return parsed;
  const match = matchPath(parsed.segments);
  return match === undefined
    ? { kind: "route_denied", why: "the path is not in the relay's catalogue" }
    : { kind: "ok", match };
}

/** The row of a parsed path, or undefined where the catalogue has none. */
export function matchPath(segments: readonly Segment[]): RouteMatch | undefined {
  const [first, second] = segments;
  if (first === undefined) return undefined;
  if (first.text === "repositories") return matchRepositoryId(second, segments);
  if (first.text === "user" && segments.length === 1) return matchSelf();
  const walked = walk(TRIE, segments, 0);
  return walked === undefined ? undefined : toMatch(walked.route, walked.params);
}

interface Walked {
  readonly route: RouteSpec;
  readonly params: Record<string, string>;
}

/** Follows the tree from `start`. A static segment beats a parameter, and no choice is ever taken back. */
function walk(from: TrieNode, segments: readonly Segment[], start: number): Walked | undefined {
  const params: Record<string, string> = {};
  let node = from;
  for (let at = start; at < segments.length; at += 1) {
    const segment = segments[at];
    if (segment === undefined) return undefined;
    const fixed = node.statics.get(segment.text);
    if (fixed !== undefined) {
      node = fixed;
      continue;
    }
    const taken = takeParameter(node, segments, at, segment);
    if (taken === undefined) return undefined;
    params[taken.edge.name] = taken.value;
    node = taken.edge.to;
    if (taken.edge.takesRest) break;
  }
  return node.route === undefined ? undefined : { route: node.route, params };
}

function takeParameter(
  node: TrieNode,
  segments: readonly Segment[],
  at: number,
  segment: Segment,
): { readonly edge: TrieEdge; readonly value: string } | undefined {
  for (const edge of node.parameters) {
    if (edge.takesRest) {
      const rest = segments.slice(at).map(({ text }) => text);
      const value = rest.join("/");
      return edge.rule.accepts(value) ? { edge, value } : undefined;
    }
    if (segment.hasSlash && edge.rule.allowsSlash !== true) continue;
    if (edge.rule.accepts(segment.text)) {
      return { edge, value: edge.name === "sha" ? segment.text.toLowerCase() : segment.text };
    }
  }
  return undefined;
}

function toMatch(route: RouteSpec, params: Readonly<Record<string, string>>): RouteMatch {
  const paths = {
    upstreamPath: fillTemplate(route.template, params, "asked"),
    canonicalPath: fillTemplate(route.template, params, "folded"),
  };
  const { owner, repo } = params;
  if (owner === undefined || repo === undefined) return { route, params, ...paths };
  return { route, params, owner: owner.toLowerCase(), repo: repo.toLowerCase(), ...paths };
}

function nodeAt(...path: readonly string[]): TrieNode {
  let node: TrieNode | undefined = TRIE;
  for (const segment of path) {
    const name = parameterOf(segment);
    node = name === undefined ? node?.statics.get(segment) : node?.parameters.find((edge) => edge.name === name)?.to;
  }
  if (node === undefined) throw new Error(`The route table has nothing under /${path.join("/")}.`);
  return node;
}

/** GitHub's redirects of renamed repositories and its `Link` headers name repositories by id. */
function matchRepositoryId(id: Segment | undefined, segments: readonly Segment[]): RouteMatch | undefined {
  if (id === undefined || !ruleOf("id").accepts(id.text)) return undefined;
  const walked = walk(REPOSITORY_NODE, segments, 2);
  if (walked === undefined) return undefined;
  const { route, params } = walked;
  const canonicalPath = fillTemplate(route.template, params, "folded").replace(
    "/repos/{owner}/{repo}",
    `/repositories/${id.text}`,
  );
  return {
    route,
    params,
    repositoryId: Number(id.text),
    upstreamPath: fillTemplate(route.template, params, "asked"),
    canonicalPath,
  };
}

function matchSelf(): RouteMatch | undefined {
  if (USER_ROUTE === undefined) return undefined;
  return { route: USER_ROUTE, params: {}, self: true, upstreamPath: "/users/{login}", canonicalPath: "/user" };
}

/** The same match once a visibility proof has told the repository's name: from here on as if asked for by name. */
export function resolveRepositoryId(match: RouteMatch, owner: string, repo: string): RouteMatch {
  const named = toMatch(match.route, { owner, repo, ...match.params });
  return match.repositoryId === undefined ? match : { ...named, repositoryId: match.repositoryId };
}

/** The same match as `GET /users/{login}` for the caller's login; any other match is returned as it is. */
export function resolveSelf(match: RouteMatch, login: string): RouteMatch {
  return match.self === true ? { ...toMatch(match.route, { login }), self: true } : match;
}
