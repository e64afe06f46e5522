import { cloudflare } from "@cloudflare/vite-plugin";
import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf

export default defineConfig({
  plugins: [solid(), cloudflare()],
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
});
