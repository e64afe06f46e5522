/** What can be typed, as the three shells need it: derived from the command definitions. */
import type { Command, FlagSpec } from "../command.ts";
import type { CommandEntry } from "../registry.ts";

export interface CompletedFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly about: string;
  /** Undefined: the flag takes no value. */
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly repeats: boolean;
}

export interface CompletedCommand {
  /** As typed, `admin identity` being two. */
  readonly words: readonly string[];
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
}

/** A first word, with the second words there are behind it. */
export interface FirstWord {
  readonly word: string;
  readonly about: string;
  readonly next: readonly { readonly word: string; readonly about: string }[];
}

export async function completionTree(entries: readonly CommandEntry[]): Promise<readonly CompletedCommand[]> {
  const commands = await Promise.all(entries.map((entry) => entry.load()));
  return commands.map(toCompleted);
}

function toCompleted({ name, about, flags }: Command): CompletedCommand {
  const own = Object.entries(flags).map(([flag, spec]) => toFlag(flag, spec));
  const help = { name: "help", short: "h", about: "print its page", value: undefined, choices: [], repeats: false };
  return { words: name.split(" "), about, flags: [...own, help] };
}

function toFlag(name: string, spec: FlagSpec): CompletedFlag {
  return {
    name,
    short: spec.short,
    about: spec.about,
    value: "value" in spec ? spec.value : undefined,
    choices: spec.type === "string" ? (spec.choices ?? []) : [],
    repeats: spec.type === "list",
  };
}

/** In the order of the commands, with `help` last. */
export function firstWords(commands: readonly CompletedCommand[]): readonly FirstWord[] {
  const words = [...new Set(commands.map(({ words: [first = ""] }) => first))].map((word) => {
    const members = commands.filter(({ words: [first] }) => first === word);
    const own = members.find(({ words }) => words.length === 1);
    const next = members.flatMap(({ words: [, second], about }) =>
      second === undefined ? [] : [{ word: second, about }],
    );
    return { word, about: own?.about ?? `${next.map((one) => one.word).join(", ")}.`, next };
  });
  return [...words, { word: "help", about: "Explain one command.", next: [] }];
}
