/** How this program was started: under its own name, or through a link that stands for gh. */

export interface Started {
  readonly argv: readonly string[];
  readonly argv0: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** A link named gh or octopool-gh means `octopool gh`. */
export function invokedWords({ argv, argv0, versions }: Started): readonly string[] {
  // In a single-file executable the script's name is the runtime's own affair.
  const name = (versions["bun"] === undefined ? argv[1] : argv0) ?? "";
  const words = argv.slice(2);
  return /(?:^|[\\/])(?:octopool-)?gh(?:\.exe)?$/.test(name) ? ["gh", ...words] : words;
}
