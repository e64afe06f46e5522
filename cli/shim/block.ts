/** The marked block in a startup file: put in, found again, and taken out so that the file is what it was. */

const BEGIN = "# >>> octopool shim";
const END = "# <<< octopool shim <<<";
/** How the file was before, for the way back. */
type Before = "" | " (made this file)" | " (ended the line before)";
const BLOCK = new RegExp(
  `^${BEGIN}( \\(made this file\\)| \\(ended the line before\\))? >>>\\n[\\s\\S]*?^${END}\\n`,
  "m",
);

export const hasBlock = (text: string | undefined): boolean => text !== undefined && BLOCK.test(text);

/** The block itself; empty where there is none. */
export const blockOf = (text: string): string => BLOCK.exec(text)?.[0] ?? "";

export interface Placing {
  /** Undefined where there is no such file yet. */
  readonly text: string | undefined;
  readonly lines: readonly string[];
  /** Before what returns early, or after what might change the path again. */
  readonly at: "top" | "end";
}

/** The file's new text. A block that is there already is replaced where it stands. */
export function placeBlock({ text, lines, at }: Placing): string {
  if (text !== undefined && hasBlock(text)) {
    return text.replace(BLOCK, (_, before: Before | undefined) => blockText(lines, before ?? ""));
  }
  if (text === undefined) return blockText(lines, " (made this file)");
  if (at === "top") return blockText(lines, "") + text;
  const isEnded = text === "" || text.endsWith("\n");
  return isEnded ? text + blockText(lines, "") : `${text}\n${blockText(lines, " (ended the line before)")}`;
}

/** The file as it was; undefined where it was not there. */
export function removeBlock(text: string): string | undefined {
  const found = BLOCK.exec(text);
  if (found === null) return text;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  if (found[1] === " (made this file)" && before + after === "") return undefined;
  // Lines that came after the block keep the line end before it.
  return found[1] === " (ended the line before)" && after === "" ? before.slice(0, -1) : before + after;
}

function blockText(lines: readonly string[], before: Before): string {
  const own = "# Put here by octopool install-shim; octopool install-shim --uninstall takes it away.";
  return [`${BEGIN}${before} >>>`, own, ...lines, END, ""].join("\n");
}
