/** The command line as one file without run-time dependencies. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { ROOT } from "../run-tool.ts";

export const BUNDLE = "dist/cli/octopool.cjs";

/** The options of the bundle. CommonJS, since single-file executables and V8's code cache take nothing else. */
export async function cliBundle(outfile: string): Promise<BuildOptions> {
  return {
    entryPoints: [join(ROOT, "cli/main.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    legalComments: "none",
    define: { OCTOPOOL_VERSION: JSON.stringify(await releaseVersion()) },
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  };
}

/** Writes dist/cli/octopool.cjs; resolves to its path. */
export async function buildBundle(): Promise<string> {
  const outfile = join(ROOT, BUNDLE);
  await build(await cliBundle(outfile));
  return outfile;
}

/** The version that every package and executable is stamped with: that of package.json. */
export async function releaseVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}
