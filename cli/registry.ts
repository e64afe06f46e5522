/** Every command by name. Definitions load when they are needed: starting up is most of what a command costs. */
import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  load(): Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  { name: "login", load: async () => (await import("./commands/login.ts")).login },
  { name: "logout", load: async () => (await import("./commands/logout.ts")).logout },
  { name: "whoami", load: async () => (await import("./commands/whoami.ts")).whoami },
  { name: "gh", load: async () => (await import("./commands/gh.ts")).gh },
  { name: "install-shim", load: async () => (await import("./commands/install-shim.ts")).installShim },
  { name: "doctor", load: async () => (await import("./commands/doctor.ts")).doctor },
  { name: "api", load: async () => (await import("./commands/api.ts")).api },
  { name: "request", load: async () => (await import("./commands/request.ts")).request },
  { name: "health", load: async () => (await import("./commands/health.ts")).health },
  { name: "stats", load: async () => (await import("./commands/stats.ts")).stats },
  { name: "watch", load: async () => (await import("./commands/watch.ts")).watch },
  { name: "routes", load: async () => (await import("./commands/routes.ts")).routes },
  { name: "admin caller", load: async () => (await import("./commands/admin/caller.ts")).caller },
  { name: "admin operator", load: async () => (await import("./commands/admin/operator.ts")).operator },
  { name: "admin identity", load: async () => (await import("./commands/admin/identity.ts")).identity },
  { name: "admin pool", load: async () => (await import("./commands/admin/pool.ts")).pool },
  { name: "admin purge", load: async () => (await import("./commands/admin/purge.ts")).purge },
  { name: "completion", load: async () => (await import("./commands/completion.ts")).completion },
  { name: "version", load: async () => (await import("./commands/version.ts")).version },
];

export type Found =
  | { readonly kind: "command"; readonly entry: CommandEntry; readonly rest: readonly string[] }
  /** Words that begin several commands, such as `admin`. */
  | {
      readonly kind: "group";
      readonly name: string;
      readonly members: readonly CommandEntry[];
      readonly rest: readonly string[];
    }
  | { readonly kind: "unknown"; readonly word: string };

/** The longest name the words begin with. */
export function findCommand(words: readonly string[]): Found {
  const [first = "", second = ""] = words;
  const entry =
    COMMANDS.find(({ name }) => name === `${first} ${second}`) ?? COMMANDS.find(({ name }) => name === first);
  if (entry !== undefined) return { kind: "command", entry, rest: words.slice(entry.name.split(" ").length) };
  const members = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (members.length > 0) return { kind: "group", name: first, members, rest: words.slice(1) };
  return { kind: "unknown", word: first };
}
