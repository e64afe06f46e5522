/** Where the tokens of a JSON text end. */

const QUOTE = 34;
const BACKSLASH = 92;

/** @param start of the opening quote. @returns the place after the closing one. */
export function endOfString(text: string, start: number): number {
  // Strings are most of a body, and the engine finds the next quote far faster than a loop does.
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    if (!isEscaped(text, quote, start)) return quote + 1;
  }
  throw new SyntaxError("an unfinished JSON string");
}

/** Escaped is what an odd number of backslashes stands before. */
function isEscaped(text: string, at: number, start: number): boolean {
  let first = at;
  while (first - 1 > start && text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** Moves past a value of any kind without looking into it. Needs no stack, however deep it nests. */
export function endOfValue(text: string, start: number): number {
  let open = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (open === 0) return at;
      continue;
    }
    if (code === 123 || code === 91) open++;
    else if (code === 125 || code === 93) {
      if (open === 0) return at; // what a number, true, false or null stands in
      if (--open === 0) return at + 1;
    } else if (open === 0 && isValueEnd(code)) return at;
    at++;
  }
  throw new SyntaxError("an unfinished JSON value");
}

/** What ends a number, true, false or null. */
export function isValueEnd(code: number): boolean {
  return code === 44 || code === 125 || code === 93 || isSpace(code);
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
