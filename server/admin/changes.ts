/** An admin event's before and after as a list of what differs, for people. Pure. */
import type { ChangeView } from "../../shared/dashboard/admin-log.ts";

const MOST_FIELDS = 40;
const MOST_CHARACTERS = 300;

/** Both are the JSON text of the row; null where there was nothing. What is equal is left out. */
export function changesOf(before: string | null, after: string | null): readonly ChangeView[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  const names = [...new Set([...was.keys(), ...is.keys()])].slice(0, MOST_FIELDS);
  return names
    .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

function fieldsOf(text: string | null): ReadonlyMap<string, string> {
  const value = text === null ? undefined : parsed(text);
  if (value === undefined || value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return new Map([["value", shown(value)]]);
  const fields = Object.entries(value as Record<string, unknown>).flatMap(([name, member]) => fieldOf(name, member));
  return new Map(fields);
}

/** A saved policy's event holds the earlier policy as text beside its version. */
function fieldOf(name: string, member: unknown): readonly (readonly [string, string])[] {
  if (name === "policy" && typeof member === "string") return [...fieldsOf(member)];
  return member === null || member === undefined ? [] : [[name, shown(member)]];
}

function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.map(one).join(", ") : one(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function one(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Undefined: what stands there is no JSON, which our own rows never are. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
