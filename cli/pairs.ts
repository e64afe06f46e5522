/** Key and value in one word, as in `-q per_page=100` and `-H accept:text/plain`. */
import { UsageProblem } from "./exit.ts";

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Splits at the first separator. `flag` and `example` are for the refusal. */
export function readPair(text: string, separator: RegExp, { flag, example }: { flag: string; example: string }): Pair {
  const at = text.search(separator);
  const key = text.slice(0, Math.max(at, 0)).trim();
  if (key === "") throw new UsageProblem(`${flag} needs a name and a value, not "${text}".`, `${flag} ${example}`);
  return { key, value: text.slice(at + 1) };
}

/** Query parameters; a name given twice becomes a list (2-wire, `query`). */
export function readQuery(texts: readonly string[], flag: string): Pair[] {
  return texts.map((text) => readPair(text, /=/, { flag, example: "per_page=100" }));
}

/** Headers with lower-case names, written `name: value` or `name=value`. */
export function readHeaders(texts: readonly string[], flag: string): Record<string, string> {
  const pairs = texts.map((text) => readPair(text, /[:=]/, { flag, example: "accept:application/vnd.github.diff" }));
  return Object.fromEntries(pairs.map(({ key, value }) => [key.toLowerCase(), value.trim()]));
}

/** One entry a name, in the order of first mention. */
export function joinQuery(pairs: readonly Pair[]): Record<string, string | string[]> {
  const joined = new Map<string, string | string[]>();
  for (const { key, value } of pairs) {
    const earlier = joined.get(key);
    joined.set(key, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(joined);
}
