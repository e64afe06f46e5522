/** Puts the shim in place and takes it away. */
import { existsSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../exit.ts";
import { findRealGh, pinPath } from "../gh/real-gh.ts";
import type { Io } from "../io.ts";
import type { Machine } from "../machine.ts";
import { isMissing, replaceFile } from "../replace-file.ts";
import { blockOf, hasBlock, placeBlock, removeBlock } from "./block.ts";
import { probe } from "./probe.ts";
import { ownCommand, shimDirectory, shimScript } from "./script.ts";
import { pathLines, SHELLS, startupFiles, stepsOf, type Shell, type Step } from "./shells.ts";

export interface ShimAsk {
  readonly io: Io;
  readonly machine: Machine;
  readonly dryRun: boolean;
}

/** Refuses where the real gh is not found, before anything is changed; fails where a shell still finds another gh. */
export async function install(shell: Shell, ask: ShimAsk): Promise<void> {
  const { machine, io, dryRun } = ask;
  const realGh = findRealGh(machine).path;
  const directory = shimDirectory(machine);
  put(join(directory, "gh"), shimScript(ownCommand(machine.env), realGh), 0o755, ask);
  put(pinPath(machine), `${realGh}\n`, 0o644, ask);
  const others: string[] = [];
  for (const step of stepsOf(shell, machine)) {
    const missing = await lead(step, { shell, directory, ask });
    if (missing !== undefined) others.push(missing);
    if (dryRun) break; // what the later files need shows only once the first is changed
  }
  if (dryRun) return io.line(`Then ${shell} would be started to see whether another file needs the same block.`);
  if (others.length > 0) {
    throw new Failure(`${shell} does not find the shim everywhere: ${others.join("; ")}.`, {
      next: `let nothing put another gh before ${directory} in the path, then octopool install-shim --shell ${shell} again`,
    });
  }
  io.line(`gh runs through Octopool in new ${shell} shells; the real gh is ${realGh}.`);
}

interface Leading {
  readonly shell: Shell;
  readonly directory: string;
  readonly ask: ShimAsk;
}

/** Resolves to what is found instead where nothing helps. */
async function lead(step: Step, { shell, directory, ask }: Leading): Promise<string | undefined> {
  const shim = join(directory, "gh");
  const look = () => probe({ shell, words: step.probe, env: ask.machine.env, without: directory });
  if (!ask.dryRun && (await look()) === shim) return undefined;
  if (step.file !== undefined) {
    const text = readIfPresent(step.file);
    put(step.file, placeBlock({ text, lines: pathLines(shell, directory), at: step.at }), 0o644, ask);
  }
  if (ask.dryRun) return undefined;
  const found = await look();
  return found === shim ? undefined : `a ${step.kind} shell finds ${found === "" ? "no gh" : found}`;
}

function put(path: string, content: string, mode: number, { io, dryRun }: ShimAsk): void {
  const before = readIfPresent(path);
  if (before === content) return;
  const verb = before === undefined ? "make" : "change";
  if (dryRun) {
    const lines = blockOf(content).split("\n").slice(0, -1);
    io.line(`Would ${verb} ${path}${lines.length === 0 ? "." : ":"}`);
    for (const line of lines) io.line(`    ${line}`);
    return;
  }
  replaceFile(path, content, mode);
  io.line(`${verb === "make" ? "Made" : "Changed"} ${path}.`);
}

/** What another shell still needs stays. */
export function uninstall(shells: readonly Shell[], ask: ShimAsk): void {
  const { machine, io, dryRun } = ask;
  const kept = SHELLS.filter((shell) => !shells.includes(shell)).flatMap((shell) => startupFiles(shell, machine));
  const isStillUsed = kept.some((file) => hasBlock(readIfPresent(file)));
  let changed = 0;
  for (const file of shells.flatMap((shell) => startupFiles(shell, machine))) {
    const text = readIfPresent(file);
    if (text === undefined || !hasBlock(text)) continue;
    changed += 1;
    const before = removeBlock(text);
    if (dryRun) io.line(`Would take the block out of ${file}.`);
    else restore(file, before, io);
  }
  const own = isStillUsed
    ? []
    : [join(shimDirectory(machine), "gh"), pinPath(machine)].filter((path) => existsSync(path));
  for (const path of own) {
    changed += 1;
    if (!dryRun) rmSync(path);
    io.line(dryRun ? `Would remove ${path}.` : `Removed ${path}.`);
  }
  if (!dryRun && !isStillUsed) removeEmpty(shimDirectory(machine));
  if (changed === 0) io.line("There is no shim to take away.");
}

function restore(file: string, before: string | undefined, io: Io): void {
  if (before === undefined) rmSync(file);
  else replaceFile(file, before, 0o644);
  io.line(before === undefined ? `Removed ${file}, which held nothing else.` : `Took the block out of ${file}.`);
}

/** The directories we made, as long as nothing else is in them. */
function removeEmpty(directory: string): void {
  for (const path of [directory, dirname(directory)]) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (isMissing(error) || (error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) return;
      throw error;
    }
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
