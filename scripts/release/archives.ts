/** What a release consists of: an archive of each executable, their checksums, and the Homebrew formula that names both. */
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Problem } from "../problem.ts";
import { ROOT } from "../run-tool.ts";
import { releaseVersion } from "./bundle.ts";
import { requireMachine } from "./machine.ts";
import { writeManPage } from "./man-page.ts";
import { run } from "./run.ts";
import { executableName, type Target } from "./targets.ts";

export const RELEASE = "dist/release";
/** What others ask to be said wherever their software goes. */
export const THIRD_PARTY = "packaging/third-party.txt";

/**
 * `octopool-<version>-<target>.tar.gz` with the executable, its manual page and the licenses. Resolves to its path.
 * @throws Problem where the executable is not one for the target.
 */
export async function archiveExecutable(
  target: Target,
  executable: string,
  folder: string = join(ROOT, RELEASE),
): Promise<string> {
  await requireMachine(target, executable);
  const archive = join(folder, `octopool-${await releaseVersion()}-${target.name}.tar.gz`);
  const work = await mkdtemp(join(tmpdir(), "octopool-archive-"));
  try {
    await mkdir(folder, { recursive: true });
    await copyFile(executable, join(work, executableName(target)));
    await copyFile(join(ROOT, "LICENSE"), join(work, "LICENSE"));
    await copyFile(join(ROOT, THIRD_PARTY), join(work, "THIRD-PARTY"));
    await writeManPage(join(work, "octopool.1"));
    await run("tar", ["-czf", archive, "-C", work, executableName(target), "octopool.1", "LICENSE", "THIRD-PARTY"]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return archive;
}

/** SHA256SUMS, in the form that `sha256sum --check` reads. Resolves to the sums by file name. */
export async function writeChecksums(
  files: readonly string[],
  folder: string = join(ROOT, RELEASE),
): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for (const file of files.toSorted()) {
    sums.set(
      basename(file),
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    );
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "SHA256SUMS"), [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(""));
  return sums;
}

/** The targets Homebrew runs on. */
const BREWED = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"] as const;

/** @throws Problem where an archive that the formula names has no checksum: it would install nothing. */
export function formulaOf(template: string, version: string, sums: ReadonlyMap<string, string>): string {
  let formula = template.replaceAll("{{version}}", version);
  for (const name of BREWED) {
    const sum = sums.get(`octopool-${version}-${name}.tar.gz`);
    if (sum === undefined) throw new Problem(`The formula needs octopool-${version}-${name}.tar.gz.`);
    formula = formula.replaceAll(`{{sha256:${name}}}`, sum);
  }
  return formula;
}
