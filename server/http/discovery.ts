/** GET /.well-known/octopool: where the API is, and how to log in (2-wire). */
import type { Deps } from "../deps.ts";
import { json } from "./respond.ts";

/** The oldest command line that speaks this protocol. */
export const MIN_CLI_VERSION = "0.2.2";

export function discovery(_request: Request, deps: Deps): Response {
  const { config } = deps;
  const body = {
    service: "octopool",
    version: 1,
    // Published clients refuse an api_base of another host than the one they asked.
    api_base: deps.origin,
    app_base: config.appOrigin ?? deps.origin,
    default_pool: config.defaultLoginPool,
    allowed_org: config.allowedOrg,
    auth: { cli_github_token: true, web_login: config.oauth !== undefined && deps.host === "app" },
    min_cli_version: MIN_CLI_VERSION,
  };
  return json(200, body, { "cache-control": "public, max-age=300" });
}
