/** What a command is. Parsing, help, documentation and completion are all derived from these values. */
import type { Relay } from "./client.ts";
import type { Transport } from "./http.ts";
import type { Io } from "./io.ts";
import type { LoginStore } from "./logins.ts";
import type { Environment, Machine } from "./machine.ts";

interface FlagBase {
  /** A clause in lower case, for help and documentation. */
  readonly about: string;
  /** One letter. */
  readonly short?: string;
}

export type FlagSpec =
  | (FlagBase & { readonly type: "boolean" })
  | (FlagBase & {
      readonly type: "string";
      /** What stands for the value in help, such as `name`. */
      readonly value: string;
      readonly default?: string;
      readonly required?: true;
      readonly choices?: readonly string[];
    })
  | (FlagBase & { readonly type: "integer"; readonly value: string })
  | (FlagBase & { readonly type: "list"; readonly value: string });

export interface ArgSpec {
  readonly about: string;
  readonly required?: true;
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;
/** In the order in which they are typed. */
export type ArgSpecs = Readonly<Record<string, ArgSpec>>;

type FlagValue<S extends FlagSpec> = S["type"] extends "boolean"
  ? boolean
  : S["type"] extends "list"
    ? readonly string[]
    : S["type"] extends "integer"
      ? number | undefined
      : S extends { readonly default: string } | { readonly required: true }
        ? string
        : string | undefined;

export type FlagValues<F extends FlagSpecs> = { readonly [Name in keyof F]: FlagValue<F[Name]> };
export type ArgValues<A extends ArgSpecs> = {
  readonly [Name in keyof A]: A[Name] extends { readonly required: true } ? string : string | undefined;
};

/** What every command may use. */
export interface Surroundings {
  readonly relay: Relay;
  readonly io: Io;
  readonly env: Environment;
  readonly logins: LoginStore;
  /** For servers that are not the relay of the login, such as the one login asks about itself. */
  readonly transport: Transport;
  readonly machine: Machine;
}

export interface RunContext<F extends FlagSpecs, A extends ArgSpecs> extends Surroundings {
  readonly flags: FlagValues<F>;
  readonly args: ArgValues<A>;
  /** All that was typed after the command's name, for one that passes it on. */
  readonly words: readonly string[];
}

export interface CommandSpec<F extends FlagSpecs, A extends ArgSpecs> {
  /** As typed after `octopool`, such as `admin identity`. */
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** Paragraphs that help prints after the usage line. */
  readonly details?: readonly string[];
  readonly flags: F;
  readonly args: A;
  /** Set where the words are not ours to read: what they are, for the usage line. */
  readonly passesOn?: string;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Resolves to an exit code where success is not the only end. */
  run(context: RunContext<F, A>): Promise<number | void>;
}

/** A command whose flags the machinery reads by name; the precise types stay between `command` and `run`. */
export interface Command extends Omit<CommandSpec<FlagSpecs, ArgSpecs>, "run"> {
  run(context: RunContext<FlagSpecs, ArgSpecs>): Promise<number | void>;
}

/**
 * Declares a command. The parser fills flags and arguments from the same definitions that give them their types, which
 * is why the one cast here holds.
 */
export function command<const F extends FlagSpecs, const A extends ArgSpecs>(spec: CommandSpec<F, A>): Command {
  return { ...spec, run: (context) => spec.run(context as unknown as RunContext<F, A>) };
}
