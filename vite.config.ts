import { cloudflare } from "@cloudflare/vite-plugin";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";

process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf

/** Vite puts styles into a page by script while one develops, which the page's policy forbids. */
const withoutPolicy: Plugin = {
  name: "without-policy",
  apply: "serve",
  configureServer(server) {
    server.middlewares.use((_request, response, next) => {
      const write = response.writeHead.bind(response) as (...given: unknown[]) => typeof response;
      response.writeHead = (...given: unknown[]) => {
        response.removeHeader("content-security-policy");
        return write(...given);
      };
      next();
    });
  },
};

export default defineConfig({
  plugins: [solid(), cloudflare(), withoutPolicy],
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  environments: {
    client: {
      build: {
        manifest: true, // scripts/client-size.ts adds up what a first visit loads
        rolldownOptions: { input: "web/index.html" },
      },
    },
  },
});
