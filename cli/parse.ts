/** Words of the command line -> flags and arguments of one command. */
import { parseArgs } from "node:util";
import type { Command, FlagSpec } from "./command.ts";
import { UsageProblem } from "./exit.ts";
import { closest } from "./suggest.ts";

export interface Parsed {
  readonly kind: "parsed";
  readonly flags: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly args: Readonly<Record<string, string | undefined>>;
}
export type ParseResult = Parsed | { readonly kind: "help" };

type Token = NonNullable<ReturnType<typeof tokensOf>[number]>;
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** Refuses with `UsageProblem`; `--help` and `-h` win over every mistake. */
export function parseWords(command: Command, words: readonly string[]): ParseResult {
  const tokens = tokensOf(command, words);
  const options = tokens.filter((token) => token.kind === "option");
  if (options.some((token) => token.name === "help" || (token.name === "h" && token.rawName === "-h")))
    return { kind: "help" };
  const given = new Map<string, string[]>();
  for (const token of options) {
    const value = readOption(command, token);
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  const flags = Object.entries(command.flags).map(([name, spec]) => [
    name,
    flagValue(command, name, spec, given.get(name)),
  ]);
  const positionals = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  return { kind: "parsed", flags: Object.fromEntries(flags) as Parsed["flags"], args: readArgs(command, positionals) };
}

function tokensOf(command: Command, words: readonly string[]) {
  const options = Object.entries(command.flags).map(([name, spec]) => [
    name,
    {
      type: spec.type === "boolean" ? "boolean" : "string",
      ...(spec.short === undefined ? {} : { short: spec.short }),
    } as const,
  ]);
  // Not strict: Node's own refusals say neither what to type next nor which name was meant.
  return parseArgs({
    args: [...words],
    options: Object.fromEntries(options) as Record<string, { type: "boolean" | "string"; short?: string }>,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

/** The value as text; booleans are "true". */
function readOption(command: Command, { name, rawName, value, inlineValue }: OptionToken): string {
  const spec = Object.hasOwn(command.flags, name) ? command.flags[name] : undefined;
  if (spec === undefined) {
    const meant = closest(name, [...Object.keys(command.flags), "help"]);
    const hint = meant === undefined ? "" : ` Did you mean --${meant}?`;
    throw new UsageProblem(`octopool ${command.name} has no flag ${rawName}.${hint}`, helpOf(command));
  }
  if (spec.type === "boolean") {
    if (value !== undefined) throw new UsageProblem(`${rawName} takes no value.`, helpOf(command));
    return "true";
  }
  const swallowsFlag = inlineValue === false && value !== undefined && /^-./.test(value);
  if (value === undefined || swallowsFlag) {
    throw new UsageProblem(`${rawName} needs a value: ${rawName}=<${spec.value}>.`, helpOf(command));
  }
  return value;
}

function flagValue(command: Command, name: string, spec: FlagSpec, given: readonly string[] | undefined) {
  const last = given?.at(-1);
  switch (spec.type) {
    case "boolean":
      return last !== undefined;
    case "list":
      return given ?? [];
    case "integer":
      if (last !== undefined && !/^\d{1,15}$/.test(last)) {
        throw new UsageProblem(`--${name} must be a whole number, not "${last}".`, helpOf(command));
      }
      return last === undefined ? undefined : Number(last);
    case "string": {
      const value = last ?? spec.default;
      if (value === undefined && spec.required) {
        throw new UsageProblem(`octopool ${command.name} needs --${name} <${spec.value}>.`, helpOf(command));
      }
      if (value !== undefined && spec.choices !== undefined && !spec.choices.includes(value)) {
        throw new UsageProblem(`--${name} must be one of ${spec.choices.join(", ")}, not "${value}".`, helpOf(command));
      }
      return value;
    }
    default:
      return spec satisfies never;
  }
}

function readArgs(command: Command, words: readonly string[]): Parsed["args"] {
  const specs = Object.entries(command.args);
  const missing = specs.find(([, spec], index) => spec.required && words[index] === undefined);
  if (missing !== undefined) {
    throw new UsageProblem(`octopool ${command.name} needs <${missing[0]}>: ${missing[1].about}.`, helpOf(command));
  }
  const extra = words[specs.length];
  if (extra !== undefined) {
    throw new UsageProblem(`octopool ${command.name} does not know what to do with "${extra}".`, helpOf(command));
  }
  return Object.fromEntries(specs.map(([name], index) => [name, words[index]]));
}

function helpOf(command: Command): string {
  return `octopool ${command.name} --help`;
}
