/** What two outcomes must agree in: all of it, but for our own lines, moving pictures, and what cleaning cuts. */
import { stripVTControlCharacters } from "node:util";
import { sanitizeJson } from "../../../../server/relay/sanitize.ts";
import type { GhOutcome } from "./run-gh.ts";

export interface Comparing {
  readonly cleaned: boolean;
  readonly terminal: boolean;
}

export function comparable(outcome: GhOutcome, { cleaned, terminal }: Comparing): GhOutcome {
  const stdout = terminal ? withoutChance(withoutOurLines(outcome.stdout)) : outcome.stdout;
  return {
    ...outcome,
    stdout: cleaned ? withoutTokenFields(stdout, terminal) : stdout,
    stderr: withoutOurLines(outcome.stderr),
  };
}

/** Lines that begin `octopool: `. On a terminal gh may have ended with a change of colour, which nobody sees. */
export function withoutOurLines(text: string): string {
  return text.replaceAll(/^((?:\p{Cc}\[[0-9;?]*[A-Za-z])*)octopool: .*\r?\n/gmu, "$1");
}

/**
 * How often the wheel turned depends on the machine; its words stand behind it, or in gh 2.46 before it. Of two greys that
 * are equally near gh takes either.
 */
function withoutChance(text: string): string {
  return text
    .replaceAll(/(?<=\[38;5;24)[12](?=m)/g, "x")
    .replaceAll(/(?:\r[^\r\n\p{Cc}]*)?\p{Cc}\[36m[⣾⣽⣻⢿⡿⣟⣯⣷]\p{Cc}\[0m(?: [^\r\n\p{Cc}]*)?/gu, "")
    .replaceAll("\r\u001B[K", "");
}

/** The server's own rules, applied to both. On a terminal gh colours and indents, which they do not read. */
function withoutTokenFields(text: string, terminal: boolean): string {
  const plain = terminal ? JSON.stringify(JSON.parse(stripVTControlCharacters(text))) : text;
  const cleaned = sanitizeJson(plain, "identity");
  if (cleaned.kind === "refused") throw new Error("cleaning refuses what gh printed");
  return cleaned.text;
}
