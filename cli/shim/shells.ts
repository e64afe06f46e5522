/** Which file each shell reads when, and how to see what it then takes for gh. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../machine.ts";

export const SHELLS = ["zsh", "bash", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export interface Step {
  /** As people say it. */
  readonly kind: "non-interactive" | "login" | "interactive";
  /** The words that start the shell so, and make it say where gh is. */
  readonly probe: readonly string[];
  /** Where the block goes if the shell does not find the shim; undefined: nothing but the steps before can help. */
  readonly file: string | undefined;
  readonly at: "top" | "end";
}

type Place = Pick<Machine, "env" | "homeDirectory">;

const ASK = "command -v gh";

/** In this order: each file is touched only where those before it were not enough. */
export function stepsOf(shell: Shell, place: Place): readonly Step[] {
  switch (shell) {
    case "zsh": {
      const at = (name: string) => join(place.env["ZDOTDIR"] || place.homeDirectory, name);
      return [
        { kind: "non-interactive", probe: ["-c", ASK], file: at(".zshenv"), at: "end" },
        { kind: "login", probe: ["-l", "-c", ASK], file: at(".zprofile"), at: "end" },
        { kind: "interactive", probe: ["-i", "-c", ASK], file: at(".zshrc"), at: "end" },
      ];
    }
    case "bash":
      return [
        { kind: "login", probe: ["-l", "-c", ASK], file: bashLoginFile(place), at: "end" },
        // Its usual beginning returns where nobody types, and ssh runs commands just so.
        { kind: "interactive", probe: ["-i", "-c", ASK], file: join(place.homeDirectory, ".bashrc"), at: "top" },
        // Scripts read no file: they have the path of whoever starts them.
        { kind: "non-interactive", probe: ["-l", "-c", `bash -c '${ASK}'`], file: undefined, at: "end" },
      ];
    case "fish": {
      const file = join(place.env["XDG_CONFIG_HOME"] || join(place.homeDirectory, ".config"), "fish/config.fish");
      return [
        { kind: "non-interactive", probe: ["-c", ASK], file, at: "end" },
        { kind: "login", probe: ["-l", "-c", ASK], file, at: "end" },
        { kind: "interactive", probe: ["-i", "-c", ASK], file, at: "end" },
      ];
    }
    default:
      return shell satisfies never;
  }
}

/** Every file that may hold a block. */
export function startupFiles(shell: Shell, place: Place): readonly string[] {
  const files = stepsOf(shell, place).flatMap(({ file }) => file ?? []);
  const login = shell === "bash" ? BASH_LOGIN.map((name) => join(place.homeDirectory, name)) : [];
  return [...new Set([...files, ...login])];
}

const BASH_LOGIN = [".bash_profile", ".bash_login", ".profile"];

/** Bash reads the first that is there, and only that. */
function bashLoginFile({ homeDirectory }: Place): string {
  const files = BASH_LOGIN.map((name) => join(homeDirectory, name));
  return (
    files.find((file) => statSync(file, { throwIfNoEntry: false }) !== undefined) ?? join(homeDirectory, ".profile")
  );
}

/** The lines that put a directory first in the path, whatever was done to the path since. */
export function pathLines(shell: Shell, directory: string): readonly string[] {
  const quoted = shellQuoted(directory);
  if (shell === "fish") {
    const fishQuoted = `'${directory.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    return [`if test "$PATH[1]" != ${fishQuoted}`, `    set -gx PATH ${fishQuoted} $PATH`, "end"];
  }
  return [`case "$PATH:" in`, `  ${quoted}:*) ;;`, `  *) PATH=${quoted}:"$PATH"; export PATH ;;`, "esac"];
}

/** One word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
