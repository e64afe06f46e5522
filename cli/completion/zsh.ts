/** Completion for zsh, with what each word does beside it. */
import { firstWords, type CompletedCommand, type CompletedFlag } from "./tree.ts";

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const first = firstWords(commands);
  return `#compdef octopool
# octopool completion for zsh: source <(octopool completion zsh), or save it as _octopool in a folder of $fpath
_octopool() {
  local -a words_here
  if (( CURRENT == 2 )); then
    words_here=(${described(first)})
    _describe -t commands command words_here
    return
  fi
  case "$words[2]" in
    gh)
      # gh completes itself: its lines are a word, a tab, and what it does; the last one says how to go on.
      words_here=("\${(@f)$(gh __complete "\${(@)words[3,CURRENT]}" 2>/dev/null | sed '/^:/d; s/:/\\\\:/g; s/\\t/:/')}")
      _describe -t gh 'gh' words_here
      return
      ;;
    help)
      words_here=(${described(first)})
      _describe -t commands command words_here
      return
      ;;
${first
  .filter(({ next }) => next.length > 0)
  .map(groupCase)
  .join("\n")}
  esac
  case "$words[2] $words[3]" in
${commands
  .filter(({ words }) => words.length > 1)
  .map(
    ({ words, flags }) =>
      `    '${words.join(" ")}') shift 2 words; (( CURRENT -= 2 )); _arguments ${specs(flags)} '*:: :_default'; return ;;`,
  )
  .join("\n")}
  esac
  case "$words[2]" in
${commands
  .filter(({ words }) => words.length === 1)
  .map(
    ({ words, flags }) =>
      `    ${words.join(" ")}) shift words; (( CURRENT -= 1 )); _arguments ${specs(flags)} '*: :_default' ;;`,
  )
  .join("\n")}
  esac
}
(( $+functions[compdef] )) && compdef _octopool octopool
`;
}

function groupCase({ word, next }: ReturnType<typeof firstWords>[number]): string {
  return `    ${word})
      if (( CURRENT == 3 )); then
        words_here=(${described(next)})
        _describe -t commands '${word} command' words_here
        return
      fi
      ;;`;
}

function described(words: readonly { readonly word: string; readonly about: string }[]): string {
  return words.map(({ word, about }) => `'${word}:${escaped(about)}'`).join(" ");
}

function specs(flags: readonly CompletedFlag[]): string {
  return flags.map((flag) => `'${spec(flag)}'`).join(" ");
}

function spec({ name, about, value, choices, repeats }: CompletedFlag): string {
  const action = choices.length > 0 ? `(${choices.join(" ")})` : "";
  const argument = value === undefined ? "" : `:${escaped(value)}:${action}`;
  return `${repeats ? "*" : ""}--${name}${value === undefined ? "" : "="}[${escaped(about).replaceAll(/[[\]]/g, String.raw`\$&`)}]${argument}`;
}

function escaped(text: string): string {
  return text.replaceAll("'", `'\\''`).replaceAll(":", String.raw`\:`);
}
