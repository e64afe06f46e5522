/**
 * gh's own settings, read as far as the forwarder needs them. gh writes its files as plain block YAML; only keys at the
 * outermost level are looked at, and what is not understood counts as absent.
 */
import { readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { setting } from "../config.ts";
import type { Environment, Machine } from "../machine.ts";
import { isMissing } from "../replace-file.ts";

export interface GhConfig {
  /** Absolute. May not exist. */
  readonly directory: string;
  /** config.yml as it is; undefined where there is none. */
  readonly text: string | undefined;
  /** The user's own `http_unix_socket`: direct traffic goes through it. */
  readonly socketPath: string | undefined;
  /** gh from 2.40 on writes one, and moves the file to its newer form where there is none. */
  readonly hasVersion: boolean;
  /** What gh puts in place of a first word. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Where gh looks: GH_CONFIG_DIR, else XDG_CONFIG_HOME/gh, else ~/.config/gh. */
export function ghConfigDirectory({ env, homeDirectory }: Pick<Machine, "env" | "homeDirectory">): string {
  const own = setting(env, "GH_CONFIG_DIR");
  if (own !== undefined) return resolve(own);
  const xdg = setting(env, "XDG_CONFIG_HOME");
  return xdg === undefined ? join(homeDirectory, ".config", "gh") : resolve(xdg, "gh");
}

export function readGhConfig(directory: string): GhConfig {
  const text = readIfPresent(join(directory, "config.yml"));
  const socket = text === undefined ? undefined : topLevelValue(text, "http_unix_socket");
  return {
    directory,
    text,
    socketPath: socket === undefined ? undefined : isAbsolute(socket) ? socket : resolve(socket),
    hasVersion: text !== undefined && topLevelValue(text, "version") !== undefined,
    aliases: text === undefined ? new Map() : readAliases(text),
  };
}

/** True where gh has a token to send: from the environment, or for any host in hosts.yml (the token itself may be in a keyring). */
export function hasGhLogin(env: Environment, directory: string): boolean {
  const names = ["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
  if (names.some((name) => setting(env, name) !== undefined)) return true;
  return /^["']?[A-Za-z0-9.-]+["']?:/m.test(readIfPresent(join(directory, "hosts.yml")) ?? "");
}

/** The scalar of an outermost key, unquoted; undefined where it is missing or empty. */
export function topLevelValue(text: string, key: string): string | undefined {
  const found = new RegExp(`^${outermostIndent(text)}${key}[ \\t]*:[ \\t]*(.*)$`, "m").exec(text)?.[1];
  const value = found === undefined ? "" : unquoted(found);
  return value === "" || value === "null" || value === "~" ? undefined : value;
}

/** The spaces before the first key. */
export function outermostIndent(text: string): string {
  return /^([ \t]*)[^\s#-][^:\n]*:/m.exec(text)?.[1] ?? "";
}

function unquoted(text: string): string {
  const quoted = /^(["'])(.*?)\1[ \t]*(?:#.*)?$/.exec(text.trim());
  return quoted?.[2] ?? text.replace(/(?:^|[ \t])#.*$/, "").trim();
}

/** The `aliases` block: `name: words` a line, deeper than its key; a block scalar's lines are joined. */
function readAliases(text: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^${outermostIndent(text)}aliases[ \\t]*:[ \\t]*$`).test(line));
  if (start === -1) return aliases;
  const outer = outermostIndent(text).length;
  let inner: number | undefined;
  let last: string | undefined;
  for (const line of lines.slice(start + 1)) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const indent = line.length - line.trimStart().length;
    if (indent <= outer) break;
    inner ??= indent;
    const [, name, value] = /^\s*(["']?[^:"']+["']?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (indent === inner && name !== undefined && value !== undefined) {
      last = unquoted(name);
      aliases.set(last, /^[|>][+-]?$/.test(value.trim()) ? "" : unquoted(value));
    } else if (last !== undefined) {
      aliases.set(last, `${aliases.get(last) ?? ""} ${line.trim()}`.trim());
    }
  }
  return aliases;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined; // nobody configured gh yet
    throw error;
  }
}
