/** Bundles the command line into one file without run-time dependencies: dist/cli/octopool.cjs. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The options of the bundle. CommonJS, since single-file executables and V8's code cache take nothing else. */
export async function cliBundle(outfile: string): Promise<BuildOptions> {
  const { version } = JSON.parse(await readFile(at("package.json"), "utf8")) as { version: string };
  return {
    entryPoints: [at("cli/main.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    legalComments: "none",
    define: { OCTOPOOL_VERSION: JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = at("dist/cli/octopool.cjs");
  await build(await cliBundle(outfile));
  process.stdout.write(`built ${outfile}\n`);
}
