/** The documentation as a site: `npm run build:docs` writes it to dist/docs. Dead links fail the build. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const DECISIONS = fileURLToPath(new URL("../decisions/", import.meta.url));

/** By number; each under its own first heading. */
const decisions = readdirSync(DECISIONS)
  .filter((file) => file.endsWith(".md"))
  .toSorted()
  .map((file) => ({
    text: /^# (.+)$/m.exec(readFileSync(DECISIONS + file, "utf8"))?.[1] ?? file,
    link: `/decisions/${file.replace(/\.md$/, "")}`,
  }));

export default defineConfig({
  title: "Octopool",
  description: "A self-hosted read relay for GitHub.",
  lang: "en",
  // GitHub Pages serves a project under its own name.
  base: process.env.DOCS_BASE || "/",
  outDir: "../dist/docs",
  cacheDir: "../node_modules/.cache/vitepress",
  cleanUrls: true,
  lastUpdated: false,
  rewrites: { "README.md": "index.md", "monitoring/README.md": "monitoring/index.md" },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Callers", link: "/callers" },
      { text: "Operators", link: "/operations" },
      { text: "Architecture", link: "/architecture" },
    ],
    sidebar: [
      {
        text: "Calling",
        items: [
          { text: "Over HTTP", link: "/callers" },
          { text: "Command line", link: "/cli" },
          { text: "Routes", link: "/routes" },
          { text: "Errors", link: "/errors" },
        ],
      },
      {
        text: "Operating",
        items: [
          { text: "Operations", link: "/operations" },
          { text: "One machine", link: "/one-machine" },
          { text: "Settings", link: "/settings" },
          { text: "Webhooks", link: "/webhooks" },
          { text: "Monitoring", link: "/monitoring/" },
          { text: "Security", link: "/security" },
          { text: "Dependencies", link: "/dependencies" },
        ],
      },
      {
        text: "Inside",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "Glossary", link: "/glossary" },
          { text: "Decisions", collapsed: true, items: decisions },
        ],
      },
    ],
  },
});
