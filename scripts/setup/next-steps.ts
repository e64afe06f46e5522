/** What is left for a person to do, with every value in its place. */
import type { WranglerConfig } from "./config-file.ts";
import { firstHost, varOf } from "./settle-config.ts";

/** `made`: the secrets of this run, shown this once. */
export function nextSteps(config: WranglerConfig, made: ReadonlyMap<string, string>): string {
  const host = firstHost(config);
  const origin =
    host === undefined ? `https://${config.name ?? "octopool"}.<your subdomain>.workers.dev` : `https://${host}`;
  const webhookSecret =
    made.get("GITHUB_WEBHOOK_SECRET") ?? "the GITHUB_WEBHOOK_SECRET of an earlier run, or --rotate it";
  const shown = [...made].map(([name, value]) => `  ${name.padEnd(22)} ${value}`);
  return [
    ...(shown.length === 0
      ? []
      : ["Secrets made now. Keep them in your password manager; nothing can read them back:", ...shown, ""]),
    "Paste on GitHub:",
    `  OAuth app      homepage ${origin}, callback ${origin}/login/github/callback`,
    `  webhook        URL ${origin}/v1/github/webhook, content type application/json`,
    `                 secret ${webhookSecret}`,
    "",
    "Next:",
    "  npm run deploy",
    "  npx wrangler secret put PAT_ALICE              a GitHub token that serves reads",
    `  export OCTOPOOL_ADMIN_TOKEN=…                  the admin token above`,
    `  npm run octopool -- login ${origin}`,
    "  npm run octopool -- admin identity --id pat_alice --login alice --secret-ref PAT_ALICE --scope '*'",
    "  npm run octopool -- admin operator --github-login <you> --role admin",
    `  OCTOPOOL_E2E_URL=${origin} npm run e2e`,
    `Pool: ${varOf(config, "DEFAULT_LOGIN_POOL") || "maintainers"}. docs/operations.md explains each step.`,
  ].join("\n");
}
