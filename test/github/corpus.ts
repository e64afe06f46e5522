import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/** A list answer taken apart: what an element looks like, and the member that holds the list (absent: the body is it). */
export interface ListShape {
  readonly member?: string;
  readonly rest: JsonObject;
  readonly elements: readonly string[];
}

const loaded = new Map<string, string | null>();
const shapes = new Map<string, ListShape | null>();

/** The realistic body of an operation as JSON text, or undefined where the corpus has none. Read from disk once. */
export function corpusText(operation: string): string | undefined {
  const known = loaded.get(operation);
  if (known !== undefined) return known ?? undefined;
  const text = readBody(operation);
  loaded.set(operation, text ?? null);
  return text;
}

function readBody(operation: string): string | undefined {
  try {
    const at = new URL(`corpus/${operation.replace("/", "__")}.json`, import.meta.url);
    const file = readFileSync(fileURLToPath(at.href), "utf8");
    return JSON.stringify((JSON.parse(file) as { body: Json }).body);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined; // made by hand
    throw error;
  }
}

/** Arrays GitHub answers whole, whatever `page` says. */
const NOT_PAGED = new Set([
  "git/list-matching-refs",
  "gitignore/get-all-templates",
  "codes-of-conduct/get-all-codes-of-conduct",
  "meta/get-all-versions",
  "repos/get-code-frequency-stats",
  "repos/get-commit-activity-stats",
  "repos/get-contributors-stats",
  "repos/get-punch-card-stats",
  "repos/list-branches-for-head-commit",
  "dependency-graph/diff-range",
  "actions/get-reviews-for-run",
]);

/** How to page an operation's answer, or undefined where it is one object or never paged. */
export function listShape(operation: string): ListShape | undefined {
  const known = shapes.get(operation);
  if (known !== undefined) return known ?? undefined;
  const shape = takeApart(operation);
  shapes.set(operation, shape ?? null);
  return shape;
}

function takeApart(operation: string): ListShape | undefined {
  const text = corpusText(operation);
  if (text === undefined || NOT_PAGED.has(operation)) return undefined;
  const body = JSON.parse(text) as Json;
  if (isList(body)) return { rest: {}, elements: body.map((element) => JSON.stringify(element)) };
  if (!isObject(body) || body.total_count === undefined) return undefined;
  for (const [member, value] of Object.entries(body)) {
    if (!isList(value)) continue;
    return { member, rest: { ...body, [member]: [] }, elements: value.map((element) => JSON.stringify(element)) };
  }
  return undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
