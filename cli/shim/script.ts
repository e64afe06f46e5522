/** The program named gh that stands before the real one: a script, so that it outlives the Octopool it starts. */
import { realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { dataDirectory } from "../gh/state-directory.ts";
import type { Machine } from "../machine.ts";
import { shellQuoted } from "./shells.ts";

type Place = Pick<Machine, "env" | "platform" | "homeDirectory">;

/** The directory that goes to the front of the path; nothing but the shim is in it. */
export function shimDirectory(place: Place): string {
  return join(dataDirectory(place), "bin");
}

/** Where Octopool is gone, gh goes on without it. */
export function shimScript(own: readonly string[], realGh: string): string {
  const isThere = own.map((path) => `[ -e ${shellQuoted(path)} ]`).join(" && ");
  return [
    "#!/bin/sh",
    "# The octopool shim: gh through Octopool. Made by octopool install-shim; --uninstall takes it away.",
    `if ${isThere}; then exec ${own.map(shellQuoted).join(" ")} gh "$@"; fi`,
    `exec ${shellQuoted(realGh)} "$@"`,
    "",
  ].join("\n");
}

/** The words that start this Octopool: a single-file executable, or a script and its Node. */
export function ownCommand(env: Machine["env"]): readonly string[] {
  const script = process.versions["bun"] === undefined ? process.argv[1] : undefined;
  if (script === undefined) return [lasting(process.execPath, env)];
  return [process.execPath, lasting(script, env)];
}

/** The name on the path rather than where it leads: the next version will lie elsewhere, under the same name. */
function lasting(path: string, env: Machine["env"]): string {
  const real = realpathSync(path);
  const names = (env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, "octopool"));
  return names.find((name) => isThere(name) && realpathSync(name) === real) ?? path;
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
