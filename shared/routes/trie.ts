/** The route table as a tree of segments, built once. Looking a path up costs one map read or a few tests a segment. */
import type { ParameterRule } from "./parameters.ts";
import { ruleOf } from "./parameters.ts";
import type { RouteSpec } from "./spec.ts";
import { isRest, parameterOf } from "./template.ts";

export interface TrieNode {
  readonly statics: Map<string, TrieNode>;
  /** Tried in order; their rules exclude one another (`{sha}` and `{ref}`), so a lookup never goes back. */
  readonly parameters: TrieEdge[];
  route?: RouteSpec;
}

export interface TrieEdge {
  readonly name: string;
  readonly rule: ParameterRule;
  /** The parameter is the rest of the path: `{path}`, `{dir}`, and the `{ref}` of the git database. */
  readonly takesRest: boolean;
  readonly to: TrieNode;
}

const newNode = (): TrieNode => ({ statics: new Map(), parameters: [] });

/** Builds the tree. Throws on two rows with one template, and on a rest parameter that does not stand last. */
export function buildTrie(routes: readonly RouteSpec[]): TrieNode {
  const root = newNode();
  for (const route of routes) {
    const segments = route.template.slice(1).split("/");
    let node = root;
    for (const [index, segment] of segments.entries()) node = childOf(node, route.template, segments, index, segment);
    if (node.route !== undefined) throw new Error(`Two rows have the template ${route.template}.`);
    node.route = route;
  }
  return root;
}

function childOf(node: TrieNode, template: string, segments: readonly string[], at: number, segment: string): TrieNode {
  const name = parameterOf(segment);
  if (name === undefined) return staticChild(node, segment);
  const takesRest = isRest(segments, at);
  if (takesRest && at !== segments.length - 1) throw new Error(`{${name}} must stand last in ${template}.`);
  const known = node.parameters.find((edge) => edge.name === name);
  if (known !== undefined) return known.to;
  const edge: TrieEdge = { name, rule: ruleOf(name), takesRest, to: newNode() };
  node.parameters.push(edge);
  return edge.to;
}

function staticChild(node: TrieNode, segment: string): TrieNode {
  const known = node.statics.get(segment);
  if (known !== undefined) return known;
  const made = newNode();
  node.statics.set(segment, made);
  return made;
}
