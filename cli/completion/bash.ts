/** Completion for bash: no package beside bash itself is needed. */
import { firstWords, type CompletedCommand } from "./tree.ts";

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const first = firstWords(commands);
  return `# octopool completion for bash: eval "$(octopool completion bash)"
_octopool() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command choices=""
  COMPREPLY=()
  if [[ "\${COMP_WORDS[1]}" == gh && $COMP_CWORD -gt 1 ]]; then
    # gh completes itself: its lines are a word, a tab, and what it does; the last one says how to go on.
    COMPREPLY=($(gh __complete "\${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null | sed '/^:/d; s/\\t.*//' | grep -F -- "$word"))
    return
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W ${quoted(first.map(({ word }) => word))} -- "$word"))
    return
  fi
  command="\${COMP_WORDS[1]}"
  case "$command" in
${first
  .filter(({ next }) => next.length > 0)
  .map(
    ({ word, next }) => `    ${word})
      if [[ $COMP_CWORD -eq 2 ]]; then
        COMPREPLY=($(compgen -W ${quoted(next.map((one) => one.word))} -- "$word"))
        return
      fi
      command="$command \${COMP_WORDS[2]}"
      ;;`,
  )
  .join("\n")}
    help) choices=${quoted(first.map(({ word }) => word))} ;;
  esac
  case "$command $before" in
${choiceCases(commands)}
  esac
  if [[ -z "$choices" ]]; then
    case "$command" in
${commands.map(({ words, flags }) => `      ${quoted([words.join(" ")])}) choices=${quoted(flags.map(({ name }) => `--${name}`))} ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}
complete -o default -F _octopool octopool
`;
}

function choiceCases(commands: readonly CompletedCommand[]): string {
  const cases = commands.flatMap(({ words, flags }) =>
    flags
      .filter(({ choices }) => choices.length > 0)
      .map(({ name, choices }) => `    ${quoted([`${words.join(" ")} --${name}`])}) choices=${quoted(choices)} ;;`),
  );
  return cases.length === 0 ? "    *) ;;" : cases.join("\n");
}

function quoted(words: readonly string[]): string {
  return `'${words.join(" ").replaceAll("'", `'\\''`)}'`;
}
