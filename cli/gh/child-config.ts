/** The private settings directory in which the real gh runs: the user's own, and one more line. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing, replaceFile } from "../replace-file.ts";
import { outermostIndent, type GhConfig } from "./user-config.ts";

const SOCKET_LINE = /^[ \t]*http_unix_socket[ \t]*:.*\n?/m;

/** Undefined where the file is not in the block form gh writes, to which no line can be added. */
export function withSocket(text: string | undefined, socketPath: string): string | undefined {
  // Without a file, gh takes its built-in defaults, this version among them; with a file that lacks it, it migrates.
  if (text === undefined) return `version: "1"\n${socketLine("", socketPath)}`;
  if (/^[ \t]*[[{]/m.exec(text.replaceAll(/^\s*(?:#.*)?$/gm, "").trimStart())?.index === 0) return undefined;
  const without = text.replace(SOCKET_LINE, "");
  const ended = without === "" || without.endsWith("\n") ? without : `${without}\n`;
  return `${ended}${socketLine(outermostIndent(without), socketPath)}`;
}

const socketLine = (indent: string, socketPath: string): string =>
  `${indent}http_unix_socket: ${JSON.stringify(socketPath)}\n`;

export interface ChildConfig {
  /**
   * What gh changed in its settings while it ran, put into the user's own file; nothing where nobody changed anything or
   * the user's file has moved on meanwhile.
   */
  carryBack(): void;
}

/** Fills `directory`. Undefined where the user's file cannot be added to. */
export function writeChildConfig(config: GhConfig, directory: string, socketPath: string): ChildConfig | undefined {
  const text = withSocket(config.text, socketPath);
  if (text === undefined) return undefined;
  const place = join(directory, "config.yml");
  writeFileSync(place, text, { mode: 0o600 });
  // Links and not copies: what gh writes there, such as a login, is written to the user's own file.
  for (const name of new Set(["hosts.yml", ...namesIn(config.directory)])) {
    if (name !== "config.yml") symlinkSync(join(config.directory, name), join(directory, name));
  }
  return {
    carryBack() {
      const after = readFileSync(place, "utf8");
      if (after === text) return;
      const own = join(config.directory, "config.yml");
      if (currentText(own) !== config.text) return;
      replaceFile(own, restored(after, config.text), 0o600);
    },
  };
}

/** The changed settings with the user's own socket line, or none, in place of ours. */
function restored(after: string, before: string | undefined): string {
  const own = SOCKET_LINE.exec(before ?? "")?.[0] ?? "";
  return after.replace(SOCKET_LINE, () => own);
}

function currentText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return []; // gh was never configured
    throw error;
  }
}
