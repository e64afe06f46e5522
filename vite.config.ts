import { cloudflare } from "@cloudflare/vite-plugin";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";

process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf

const unlessPolicy = (given: unknown): unknown =>
  typeof given === "object" && given !== null
    ? Object.fromEntries(Object.entries(given).filter(([name]) => name !== "content-security-policy"))
    : given;

/** Vite puts styles into a page by script while one develops, which the page's policy forbids. */
const withoutPolicy: Plugin = {
  name: "without-policy",
  apply: "serve",
  enforce: "pre", // before the middleware that answers
  configureServer(server) {
    server.middlewares.use((_request, response, next) => {
      const write = response.writeHead.bind(response) as (...given: unknown[]) => typeof response;
      response.writeHead = (...given: unknown[]) => write(...given.map(unlessPolicy));
      next();
    });
  },
};

/** What Vite itself serves while one develops: the Worker, first elsewhere, must not answer for it. */
const VITES_OWN = ["!/@*", "!/web/*", "!/shared/*", "!/node_modules/*"] as const;

export default defineConfig(({ command }) => ({
  plugins: [
    solid(),
    // Added to what wrangler.jsonc says.
    cloudflare({ config: command === "serve" ? { assets: { run_worker_first: [...VITES_OWN] } } : {} }),
    withoutPolicy,
  ],
  // The Worker asks for its own pages under a host that is none (server/create-worker.ts).
  server: { host: "127.0.0.1", port: 5173, strictPort: true, allowedHosts: ["assets.invalid"] },
  environments: {
    client: {
      build: {
        manifest: true, // scripts/client-size.ts adds up what a first visit loads
        rolldownOptions: { input: "web/index.html" },
      },
    },
  },
}));
