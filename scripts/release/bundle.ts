/**
 * The command line as one file without run-time dependencies, and jq beside it: that is six times as large, and only --jq
 * loads it, so that no other command reads it from the disk.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { ROOT } from "../run-tool.ts";

export const BUNDLE_FOLDER = "dist/cli";
export const BUNDLE = `${BUNDLE_FOLDER}/octopool.cjs`;
/** What the folder of a bundle holds. */
export const BUNDLE_FILES = ["octopool.cjs", "jq.cjs"] as const;

const jqBeside: Plugin = {
  name: "jq beside the bundle",
  setup(build) {
    build.onResolve({ filter: /^\.\/engine\.ts$/ }, () => ({ path: "./jq.cjs", external: true }));
  },
};

/**
 * The options that write BUNDLE_FILES to this folder. CommonJS, since single-file executables and V8's code cache take
 * nothing else.
 */
export async function cliBundle(outdir: string): Promise<BuildOptions> {
  return {
    entryPoints: { octopool: join(ROOT, "cli/main.ts"), jq: join(ROOT, "cli/jq/engine.ts") },
    outdir,
    outExtension: { ".js": ".cjs" },
    plugins: [jqBeside],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    supported: { "dynamic-import": false }, // the loader of ES modules costs ten milliseconds
    format: "cjs",
    legalComments: "none",
    define: { OCTOPOOL_VERSION: JSON.stringify(await releaseVersion()) },
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  };
}

/** Writes the bundle to dist/cli; resolves to the path of its octopool.cjs. */
export async function buildBundle(): Promise<string> {
  await build(await cliBundle(join(ROOT, BUNDLE_FOLDER)));
  return join(ROOT, BUNDLE);
}

/** The version that every package and executable is stamped with: that of package.json. */
export async function releaseVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}
