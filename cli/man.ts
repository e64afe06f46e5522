/** The manual page octopool(1) in roff (man-pages(7), groff_man(7)), derived from the command definitions. */
import type { Command } from "./command.ts";
import { ENVIRONMENT } from "./environment.ts";
import { flagAbout, flagSyntax, usageOf } from "./help.ts";

export function renderMan(commands: readonly Command[], version: string): string {
  return [
    `.TH OCTOPOOL 1 "" "octopool ${version}" "Octopool"`,
    ".SH NAME",
    String.raw`octopool \- read GitHub through your team's relay`,
    ".SH SYNOPSIS",
    ".B octopool",
    String.raw`\fIcommand\fR [\fIflags\fR]`,
    ".SH DESCRIPTION",
    "Octopool answers GitHub reads from your team's shared cache and pooled identities.",
    String.raw`\fBoctopool gh\fR runs the real gh and answers its reads through the relay.`,
    ".SH COMMANDS",
    ...commands.flatMap(commandLines),
    ".SH ENVIRONMENT",
    ...Object.entries(ENVIRONMENT).flatMap(([name, about]) => [".TP", bold(name), text(about)]),
    ".SH EXIT STATUS",
    "0 done, 1 failed, 2 wrong usage, 4 not logged in; under",
    String.raw`\fBoctopool gh\fR, that of gh.`,
    ".SH SEE ALSO",
    ".BR gh (1)",
    "",
  ].join("\n");
}

function commandLines(command: Command): readonly string[] {
  const rows = [
    ...Object.entries(command.args).map(([name, { about }]) => [name, about] as const),
    ...Object.entries(command.flags).map(([name, spec]) => [flagSyntax(name, spec), flagAbout(spec)] as const),
  ];
  return [
    `.SS ${text(`octopool ${command.name}`)}`,
    text(command.about),
    ".PP",
    bold(usageOf(command)),
    ...(command.details ?? []).flatMap((paragraph) => [".PP", text(paragraph)]),
    ...rows.flatMap(([name, about]) => [".TP", bold(name), text(about)]),
    ".PP",
    "Examples:",
    ".PP",
    ".nf",
    ...command.examples.map(text),
    ".fi",
  ];
}

const bold = (words: string): string => String.raw`\fB${text(words)}\fR`;

/** A backslash and a hyphen mean something to roff, and so does a full stop or quote that begins a line. */
function text(words: string): string {
  const escaped = words.replaceAll("\\", String.raw`\e`).replaceAll("-", String.raw`\-`);
  return /^[.']/.test(escaped) ? String.raw`\&${escaped}` : escaped;
}
