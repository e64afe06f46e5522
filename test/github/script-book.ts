import type { IncomingHttpHeaders } from "node:http";
import { decodeSegments } from "./match-template.ts";
import type { QueryWords, ScriptedAnswer } from "./vocabulary.ts";

interface Scripted {
  readonly answer: ScriptedAnswer;
  used: number;
}

export interface ScriptAsk {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `anonymous`, `invalid`, `app` or a login. */
  readonly credential: string;
}

const MEMBERS = new Set<string>([
  "path",
  "query",
  "method",
  "status",
  "content_type",
  "headers",
  "body",
  "body_text",
  "body_base64",
  "body_bytes",
  "body_fill",
  "repeat",
  "fail",
  "request_headers",
  "times",
  "credential",
  "instead",
] satisfies (keyof ScriptedAnswer)[]);

/** The answers a test has written down, and which of them were never asked for. */
export class ScriptBook {
  #scripts: Scripted[] = [];

  /** Refuses an unknown member: a misspelt one would silently never match. */
  add(answers: readonly ScriptedAnswer[]): void {
    for (const answer of answers) {
      const unknown = Object.keys(answer).find((member) => !MEMBERS.has(member));
      if (unknown !== undefined) throw new TypeError(`a scripted answer has no member "${unknown}"`);
      if (!answer.path.startsWith("/")) throw new TypeError(`a scripted path starts with a slash: "${answer.path}"`);
    }
    const replaced = new Set(answers.filter(({ instead }) => instead === true).map(({ path }) => path));
    this.#scripts = this.#scripts.filter(({ answer }) => !replaced.has(answer.path));
    this.#scripts.push(...answers.map((answer) => ({ answer, used: 0 })));
  }

  clear(): void {
    this.#scripts = [];
  }

  get isEmpty(): boolean {
    return this.#scripts.length === 0;
  }

  /** The first script that answers this request and is not used up; counts the use. */
  take(ask: ScriptAsk): ScriptedAnswer | undefined {
    const path = decodeSegments(ask.path);
    const found = this.#scripts.find(
      ({ answer, used }) =>
        (answer.times === undefined || used < answer.times) &&
        decodeSegments(answer.path) === path &&
        answers(answer, ask),
    );
    if (found === undefined) return undefined;
    found.used++;
    return found.answer;
  }

  unused(): readonly ScriptedAnswer[] {
    return this.#scripts.filter(({ answer, used }) => used < (answer.times ?? 1)).map(({ answer }) => answer);
  }
}

function answers(answer: ScriptedAnswer, ask: ScriptAsk): boolean {
  const method = answer.method ?? "GET";
  if (method !== ask.method && !(method === "GET" && ask.method === "HEAD")) return false;
  if (answer.query !== undefined && !sameQuery(answer.query, ask.query)) return false;
  return isFor(answer.credential, ask.credential) && carries(answer.request_headers ?? {}, ask.headers);
}

function isFor(wanted: string | undefined, credential: string): boolean {
  if (wanted === "any") return true;
  if (wanted === undefined) return credential !== "invalid";
  return wanted.toLowerCase() === credential.toLowerCase();
}

function carries(wanted: Readonly<Record<string, string | null>>, headers: IncomingHttpHeaders): boolean {
  return Object.entries(wanted).every(([name, word]) => {
    const value = headers[name.toLowerCase()];
    if (word === null) return value === undefined;
    return name.toLowerCase() === "accept" ? String(value ?? "").includes(word) : value === word;
  });
}

/** GitHub's defaults say nothing: `?page=1&per_page=30` is the question without a query. */
function sameQuery(wanted: QueryWords, asked: URLSearchParams): boolean {
  const pairs = Object.entries(wanted).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((each) => [name, each] as const),
  );
  const [left, right] = [meaningful(pairs), meaningful([...asked])];
  return left.length === right.length && left.every((pair, index) => pair === right[index]);
}

function meaningful(pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs
    .map(([name, value]) => `${name}=${value}`)
    .filter((pair) => pair !== "page=1" && pair !== "per_page=30")
    .toSorted();
}

/** The bytes a script answers with, and their type where the script names none. */
export function scriptedBody(answer: ScriptedAnswer): { readonly bytes: Buffer; readonly contentType: string } {
  const json = "application/json; charset=utf-8";
  if (answer.body_text !== undefined)
    return { bytes: Buffer.from(answer.body_text), contentType: "text/plain; charset=utf-8" };
  if (answer.body_base64 !== undefined)
    return { bytes: Buffer.from(answer.body_base64, "base64"), contentType: "application/octet-stream" };
  if (answer.body_bytes !== undefined)
    return { bytes: Buffer.alloc(answer.body_bytes, "x"), contentType: "application/octet-stream" };
  if (answer.body_fill !== undefined)
    return {
      bytes: Buffer.alloc(answer.body_fill.bytes, answer.body_fill.text),
      contentType: "text/plain; charset=utf-8",
    };
  if (answer.repeat !== undefined) {
    const list = Array.from({ length: answer.repeat.count }, () => answer.repeat?.item);
    return { bytes: Buffer.from(JSON.stringify(list)), contentType: json };
  }
  return { bytes: Buffer.from(answer.body === undefined ? "" : JSON.stringify(answer.body)), contentType: json };
}
