import { TEMPLATES } from "./templates.ts";

export interface Matched {
  readonly operation: string;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly operation: string;
  readonly segments: readonly string[];
  readonly takesRest: boolean;
}

/** The form a value must have; GitHub answers 404 to anything else. */
const FORMS: Readonly<Record<string, RegExp>> = {
  id: /^\d{1,15}$/,
  number: /^\d{1,9}$/,
  attempt: /^\d{1,6}$/,
  gist: /^[0-9a-f]+$/i,
};

const PATTERNS = TEMPLATES.map(([template, operation]): Pattern => {
  const segments = template.split("/").slice(1);
  return { operation, segments, takesRest: segments.at(-1)?.endsWith("...}") ?? false };
}).toSorted((left, right) => Number(left.takesRest) - Number(right.takesRest) || rank(left) - rank(right));

/** Fewer parameters first, so that a static segment beats a parameter. */
function rank(pattern: Pattern): number {
  return pattern.segments.filter((segment) => segment.startsWith("{")).length;
}

/** Finds the operation that a path (as sent, starting with a slash) asks for. */
export function matchTemplate(path: string): Matched | undefined {
  const segments = path.split("/").slice(1);
  for (const pattern of PATTERNS) {
    if (pattern.takesRest ? segments.length < pattern.segments.length : segments.length !== pattern.segments.length)
      continue;
    const params = bind(pattern, segments);
    if (params !== undefined) return { operation: pattern.operation, params };
  }
  return undefined;
}

function bind(pattern: Pattern, segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.segments.entries()) {
    if (!wanted.startsWith("{")) {
      if (segments[index] !== wanted) return undefined;
      continue;
    }
    const isRest = wanted.endsWith("...}");
    const name = wanted.slice(1, isRest ? -4 : -1);
    const value = decodeSegments(isRest ? segments.slice(index).join("/") : (segments[index] ?? ""));
    if (value === "" || FORMS[name]?.test(value) === false) return undefined;
    params[name] = value;
  }
  return params;
}

/** Percent-decoding that leaves malformed text as it is; a plus sign is a plus sign. */
export function decodeSegments(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // GitHub looks for the literal name, and does not find it
    throw error;
  }
}
