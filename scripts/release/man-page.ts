/** The manual page as a file, for packages that install one. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { renderMan } from "../../cli/man.ts";
import { COMMANDS } from "../../cli/registry.ts";
import { releaseVersion } from "./bundle.ts";

/** Writes octopool.1 to this place; resolves to it. */
export async function writeManPage(place: string): Promise<string> {
  const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, renderMan(commands, await releaseVersion()));
  return place;
}
