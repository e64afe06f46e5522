/** Help, derived from the definitions. */
import type { Command, FlagSpec } from "./command.ts";
import { ENVIRONMENT } from "./environment.ts";
import type { CommandEntry } from "./registry.ts";

/** The page `octopool help` prints. */
export async function renderOverview(entries: readonly CommandEntry[]): Promise<string> {
  const commands = await Promise.all(entries.map((entry) => entry.load()));
  return [
    "Octopool answers GitHub reads from your team's shared cache and pooled identities.",
    "",
    "Usage: octopool <command> [flags]",
    "",
    "Commands",
    ...columns([
      ...commands.map(({ name, about }) => [name, about] as const),
      ["help <command>", "Explain one command."],
    ]),
    "",
    "Environment",
    ...columns(Object.entries(ENVIRONMENT)),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 4 not logged in; under octopool gh, that of gh.",
    "Start with: octopool login https://octopool.example.com",
    "",
  ].join("\n");
}

/** The commands that share a first word. */
export async function renderGroup(name: string, entries: readonly CommandEntry[]): Promise<string> {
  const commands = await Promise.all(entries.map((entry) => entry.load()));
  const rows = columns(commands.map((command) => [command.name, command.about]));
  return [`Usage: octopool ${name} <command> [flags]`, "", "Commands", ...rows, ""].join("\n");
}

/** One command's page. */
export function renderHelp(command: Command): string {
  const args = Object.entries(command.args);
  const flags = Object.entries(command.flags).map(([name, spec]) => [flagSyntax(name, spec), flagAbout(spec)] as const);
  return [
    command.about,
    "",
    `Usage: ${usageOf(command)}`,
    ...(command.details ?? []).flatMap((paragraph) => ["", paragraph]),
    ...(args.length === 0 ? [] : ["", "Arguments", ...columns(args.map(([name, { about }]) => [name, about]))]),
    ...(command.passesOn === undefined ? ["", "Flags", ...columns([...flags, ["-h, --help", "print this page"]])] : []),
    "",
    "Examples",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

/** The usage line: required flags are spelled out. */
export function usageOf(command: Command): string {
  const args = Object.entries(command.args).map(([name, { required }]) => (required ? `<${name}>` : `[${name}]`));
  const required = Object.entries(command.flags).filter(([, spec]) => spec.type === "string" && spec.required === true);
  const spelled = required.map(([name, spec]) => `--${name} <${"value" in spec ? spec.value : ""}>`);
  const more = Object.keys(command.flags).length > required.length ? ["[flags]"] : [];
  const passed = command.passesOn === undefined ? [] : [`<${command.passesOn}>`];
  return ["octopool", command.name, ...passed, ...args, ...spelled, ...more].join(" ");
}

/** How a flag is typed, such as `-q, --query <k=v>`. */
export function flagSyntax(name: string, spec: FlagSpec): string {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  return `${short}--${name}${"value" in spec ? ` <${spec.value}>` : ""}`;
}

/** What a flag does, with its default and whether it repeats. */
export function flagAbout(spec: FlagSpec): string {
  const notes: string[] = [];
  if (spec.type === "list") notes.push("may be repeated");
  if (spec.type === "string" && spec.choices !== undefined) notes.push(`one of ${spec.choices.join(", ")}`);
  if (spec.type === "string" && spec.default !== undefined) notes.push(`default ${spec.default}`);
  if (spec.type === "string" && spec.required) notes.push("required");
  return notes.length === 0 ? spec.about : `${spec.about} (${notes.join("; ")})`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
