/** Completion for fish, with what each word does beside it. */
import { firstWords, type CompletedCommand, type CompletedFlag } from "./tree.ts";

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const first = firstWords(commands);
  const lines = first.flatMap(({ word, about, next }) => [
    `complete -c octopool -n __fish_use_subcommand -f -a ${word} -d ${quoted(about)}`,
    ...next.map(
      (one) =>
        `complete -c octopool -n '__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${next.map((other) => other.word).join(" ")}' -f -a ${one.word} -d ${quoted(one.about)}`,
    ),
  ]);
  const flags = commands.flatMap(({ words, flags: own }) => own.map((flag) => flagLine(words, flag)));
  const help = `complete -c octopool -n '__fish_seen_subcommand_from help' -f -a ${quoted(first.map(({ word }) => word).join(" "))}`;
  // gh completes itself: its lines are a word, a tab, and what it does; the last one says how to go on.
  const gh = `complete -c octopool -n '__fish_seen_subcommand_from gh' -f -a '(set -l typed (commandline -opc); gh __complete $typed[3..-1] (commandline -ct) 2>/dev/null | string match -v -r "^:")'`;
  return ["# octopool completion for fish: octopool completion fish | source", ...lines, ...flags, help, gh, ""].join(
    "\n",
  );
}

/** `gh api` is not our api, and `help api` is no call of it. */
const NOT_BEHIND = "not __fish_seen_subcommand_from gh help";

function flagLine(words: readonly string[], { name, short, about, value, choices }: CompletedFlag): string {
  const seen = [...words.map((word) => `__fish_seen_subcommand_from ${word}`), NOT_BEHIND].join("; and ");
  const argument = value === undefined ? "" : choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : " -r";
  return `complete -c octopool -n '${seen}' -l ${name}${short === undefined ? "" : ` -s ${short}`}${argument} -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
}
