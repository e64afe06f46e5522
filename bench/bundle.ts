/** Bundles a Worker's entry for the bench, as the build does: nodejs_compat, `?raw` texts, the object's SQL. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

/** Vite's `?raw`: a file's text. */
const rawText: Plugin = {
  name: "raw-text",
  setup(plugin) {
    plugin.onResolve({ filter: /\?raw$/ }, ({ path, importer }) => ({
      path: resolve(dirname(importer), path.slice(0, -"?raw".length)),
      namespace: "raw-text",
    }));
    plugin.onLoad({ filter: /.*/, namespace: "raw-text" }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "text",
    }));
  },
};

/** The entry and all it imports as one module's text. */
export async function bundleWorker(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".sql": "text" },
    plugins: [rawText],
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${entry} made no output`);
  return file.text;
}
