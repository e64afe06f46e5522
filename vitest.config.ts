import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { fetch, Request, Response } from "miniflare";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf

/** How long a test may hang before it is given up, in ms: a patience for a busy machine, and no bar of speed. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 120_000 } as const;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...PATIENCE,
          name: "unit",
          environment: "node",
          css: true, // the landing page bundles its style as text
          include: ["test/{shared,server,cli,github,scripts,regression}/**/*.test.ts", "test/*.test.ts"],
        },
      },
      {
        plugins: [solid({ hot: false })],
        test: {
          ...PATIENCE,
          name: "web",
          environment: "happy-dom",
          css: true,
          include: ["test/web/**/*.test.{ts,tsx}"],
        },
      },
      {
        test: {
          ...PATIENCE,
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/global-setup.ts"],
          fileParallelism: false, // one workerd and one Chromium at a time
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: at("./wrangler.jsonc") },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations(at("./migrations")) },
              // Only this machine, where the stand-in GitHub is: anything else fails loudly instead of leaving it.
              outboundService: (request: Request) =>
                new URL(request.url).hostname === "127.0.0.1"
                  ? fetch(request, { redirect: "manual" })
                  : new Response(`blocked outbound request to ${new URL(request.url).host}`, { status: 599 }),
            },
          })),
        ],
        test: {
          ...PATIENCE,
          name: "worker",
          css: true,
          isolate: false, // one workerd for all files; test/worker files reset storage before each test
          maxWorkers: 1,
          fsModuleCache: false, // workerd cannot read vitest's module cache
          include: ["test/worker/**/*.test.ts"],
          globalSetup: ["test/worker/global-setup.ts"],
          setupFiles: ["test/worker/setup.ts"],
        },
      },
    ],
  },
});
