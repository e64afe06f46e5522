/** What a release says of itself: its section of CHANGELOG.md, which was written for operators and callers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failureText, Problem } from "../problem.ts";
import { ROOT } from "../run-tool.ts";

/** @throws Problem where the changelog has no section of that version, or an empty one. `version`: without the v. */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find(
    (text) =>
      headingOf(text)
        .replace(/^\[|\].*$/g, "")
        .split(" ")[0] === version,
  );
  if (section === undefined)
    throw new Problem(`CHANGELOG.md has no section ## ${version}: move what is under Unreleased there.`);
  const notes = section.slice(headingOf(section).length).trim();
  if (notes === "") throw new Problem(`The section ## ${version} of CHANGELOG.md is empty.`);
  return `${notes}\n`;
}

const headingOf = (section: string) => section.split("\n", 1)[0] ?? "";

if (import.meta.main) {
  try {
    const [tag = ""] = process.argv.slice(2);
    process.stdout.write(releaseNotes(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), tag.replace(/^v/, "")));
  } catch (error) {
    process.stderr.write(`octopool: ${failureText(error)}\n`);
    process.exitCode = 1;
  }
}
