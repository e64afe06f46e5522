/** What the words after `octopool gh` ask for, as far as it changes how the real gh is started. */

/** About gh itself and the user's own settings: nothing here is ours to answer. */
const UNTOUCHED: ReadonlySet<string> = new Set(["auth", "config", "alias", "extension", "completion", "version"]);
/** gh's own second names of `extension`. */
const UNTOUCHED_ALIASES: ReadonlySet<string> = new Set(["extensions", "ext"]);
/** Shorthands of `gh api` that take a value: what follows them in the same word is that value. */
const API_VALUES = "FHXpfqt";

/**
 * True where the real gh must run in the user's own environment: commands about gh itself, no command at all, and
 * `gh api` where it prints headers, since those of a relayed answer are not GitHub's own.
 */
export function mustStayUntouched(words: readonly string[]): boolean {
  const [command] = commandWords(words);
  if (command === undefined) return true;
  if (UNTOUCHED.has(command) || UNTOUCHED_ALIASES.has(command)) return true;
  return command === "api" && showsHeaders(words);
}

/** The flag that gh takes between a command and its subcommand, with its value behind it. */
const REPO_FLAGS: ReadonlySet<string | undefined> = new Set(["-R", "--repo"]);

/** Words that are no flags, in order. A value of another flag than --repo may be among them; the first is always the command. */
export function commandWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  const before = end === -1 ? words : words.slice(0, end);
  return before.filter((word, index) => !word.startsWith("-") && !REPO_FLAGS.has(before[index - 1]));
}

/** Words that wait for something by asking again and again: `run watch`, and `pr checks --watch`. */
export function isLongPoll(words: readonly string[]): boolean {
  const [command, subcommand] = commandWords(words);
  if (command === "run") return subcommand === "watch";
  return command === "pr" && subcommand === "checks" && words.some((word) => /^--watch(=true)?$/.test(word));
}

/** A word that is really a value, as in `-H -i`, is taken for a flag: that costs a relayed answer, never exactness. */
function showsHeaders(words: readonly string[]): boolean {
  return words.some((word) => /^--(?:include|verbose)(?:=|$)/.test(word) || hasShort(word, "i"));
}

/** True where a word of shorthands, such as `-iXGET`, holds the flag before one that takes the rest as its value. */
function hasShort(word: string, flag: string): boolean {
  if (!/^-[^-]/.test(word)) return false;
  for (const letter of word.slice(1)) {
    if (letter === flag) return true;
    if (API_VALUES.includes(letter)) return false;
  }
  return false;
}
