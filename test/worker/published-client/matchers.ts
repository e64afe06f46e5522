/** The matchers and placeholders of published-client.jsonl (its README: JSON pointer to matcher). */
import { expect } from "vitest";

export type Matcher =
  | { readonly equals: unknown }
  | { readonly type: string }
  | { readonly pattern: string }
  | { readonly one_of: readonly unknown[] }
  | { readonly absent: boolean };

const NOTHING = Symbol("nothing at that pointer");

/** RFC 6901. */
function at(value: unknown, pointer: string): unknown {
  let here = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof here !== "object" || here === null || !(key in here)) return NOTHING;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function typeOf(value: unknown): readonly string[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  if (typeof value === "number") return Number.isInteger(value) ? ["integer", "number"] : ["number"];
  return [typeof value];
}

export function expectMatch(value: unknown, matcher: Matcher, where: string): void {
  if ("absent" in matcher) {
    expect(value === NOTHING, `${where} is absent`).toBe(matcher.absent);
    return;
  }
  expect(value, `${where} is there`).not.toBe(NOTHING);
  if ("equals" in matcher) expect(value, where).toEqual(matcher.equals);
  else if ("type" in matcher) expect(typeOf(value), where).toContain(matcher.type);
  else if ("one_of" in matcher) expect(matcher.one_of, where).toContainEqual(value);
  else {
    expect(typeof value, where).toBe("string");
    expect(value as string, where).toMatch(new RegExp(matcher.pattern));
  }
}

export function expectBody(body: unknown, matchers: Readonly<Record<string, Matcher>>): void {
  for (const [pointer, matcher] of Object.entries(matchers)) expectMatch(at(body, pointer), matcher, pointer);
}

export function expectHeaders(headers: Headers, matchers: Readonly<Record<string, Matcher>>): void {
  for (const [name, matcher] of Object.entries(matchers)) expectMatch(headers.get(name) ?? NOTHING, matcher, name);
}

/** Fills `${name}` anywhere in a case. */
export function fill<T>(value: T, values: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(value).replace(/\$\{([a-z_]+)\}/g, (whole, name: string) => {
    const filled = values[name];
    return filled === undefined ? whole : JSON.stringify(filled).slice(1, -1);
  });
  return JSON.parse(text) as T;
}

/** True of every case: one wrong type makes the whole answer unreadable to the client. */
export function expectReadable(body: Record<string, unknown>, status: number): void {
  const error = body["error"] as Record<string, unknown> | undefined;
  if (status >= 400) {
    expect(error).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      request_id: expect.any(String),
    });
    for (const detail of Object.values((error?.["details"] ?? {}) as object)) expect(typeof detail).toBe("string");
  }
  if (body["body_encoding"] === undefined) return;
  expect(Number.isInteger(body["status"])).toBe(true);
  expect(["json", "text", "base64"]).toContain(body["body_encoding"]);
  for (const value of Object.values(body["headers"] as object)) expect(typeof value).toBe("string");
}
