/** argv -> command -> exit code. */
import { createRelay } from "./client.ts";
import type { Command, Surroundings } from "./command.ts";
import { toExitCode, UsageProblem } from "./exit.ts";
import { createTransport } from "./http.ts";
import { createIo, type Io } from "./io.ts";
import { createLoginStore } from "./logins.ts";
import type { Machine } from "./machine.ts";
import { parseWords } from "./parse.ts";
import { COMMANDS, findCommand } from "./registry.ts";
import { closest } from "./suggest.ts";

const HELP_WORDS: ReadonlySet<string> = new Set(["help", "--help", "-h"]);
const VERSION_WORDS: ReadonlySet<string> = new Set(["--version", "-v"]);

/** Runs one command line, without the program's own name. Never throws. */
export async function dispatch(words: readonly string[], machine: Machine): Promise<number> {
  const io = createIo(machine);
  return toExitCode(() => route(words, machine, io), io);
}

async function route(words: readonly string[], machine: Machine, io: Io): Promise<number | void> {
  const [first] = words;
  if (first === undefined) return explain([], io);
  if (HELP_WORDS.has(first)) return explain(words.slice(1), io);
  if (VERSION_WORDS.has(first)) return route(["version"], machine, io);
  const found = findCommand(words);
  if (found.kind === "command") return runCommand(await found.entry.load(), found.rest, surroundings(machine, io));
  if (found.kind === "unknown") throw unknownCommand(found.word);
  const [next] = found.rest;
  if (next === undefined || HELP_WORDS.has(next)) return explain([found.name], io);
  throw unknownCommand(`${found.name} ${next}`);
}

async function runCommand(command: Command, words: readonly string[], around: Surroundings): Promise<number | void> {
  if (command.passesOn !== undefined) return command.run({ ...around, flags: {}, args: {}, words });
  const parsed = parseWords(command, words);
  if (parsed.kind === "help") return explain(command.name.split(" "), around.io);
  return command.run({ ...around, ...parsed, words } as Parameters<Command["run"]>[0]);
}

async function explain(words: readonly string[], io: Io): Promise<void> {
  const { renderGroup, renderHelp, renderOverview } = await import("./help.ts");
  const [first] = words;
  if (first === undefined || HELP_WORDS.has(first)) return io.write(await renderOverview(COMMANDS));
  const found = findCommand(words);
  if (found.kind === "command") return io.write(renderHelp(await found.entry.load()));
  if (found.kind === "group" && found.rest.length === 0) return io.write(await renderGroup(found.name, found.members));
  throw unknownCommand(words.slice(0, 2).join(" "));
}

function unknownCommand(name: string): UsageProblem {
  const meant = closest(name, [...COMMANDS.map((entry) => entry.name), "help"]);
  const hint = meant === undefined ? "" : ` Did you mean octopool ${meant}?`;
  const group = findCommand(name.split(" "));
  return new UsageProblem(
    `There is no command "${name}".${hint}`,
    group.kind === "group" ? `octopool help ${group.name}` : "octopool help",
  );
}

function surroundings(machine: Machine, io: Io): Surroundings {
  const logins = createLoginStore(machine);
  const transport = createTransport(machine.env);
  return {
    io,
    env: machine.env,
    logins,
    machine,
    transport,
    relay: createRelay({ env: machine.env, logins, transport }),
  };
}
