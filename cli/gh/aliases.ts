/** A user's gh alias put in place, so that what it runs is known before gh runs it. */

/**
 * The words gh will run: the first word's alias, then the rest. Shell aliases (`!…`) and words that are no alias come
 * back as they are; `$1` and its like are left alone, since only flags and command names matter here.
 */
export function expandAlias(words: readonly string[], aliases: ReadonlyMap<string, string>): readonly string[] {
  const [first, ...rest] = words;
  const expansion = first === undefined ? undefined : aliases.get(first);
  if (expansion === undefined || expansion === "" || expansion.startsWith("!")) return words;
  return [...splitWords(expansion), ...rest];
}

/** Splits as a shell does, quotes taken off. */
function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double, single) => single ?? double),
  );
}
