/** Who may use the admin doors: whoever holds OCTOPOOL_ADMIN_TOKEN, and no caller. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { bearerToken } from "../relay/authenticate.ts";
import { equalSecrets } from "./origin.ts";
import { tooManyAttempts } from "./sign-in-cli.ts";

type AuthDeps = Pick<Deps, "config" | "isolate" | "clientAddress" | "now">;

/**
 * Compares in constant time, before any limit is looked at: the right token is never limited by its address.
 * @throws RelayError admin_unconfigured, missing_auth, invalid_admin_auth, rate_limited.
 */
export function requireAdmin(request: Request, deps: AuthDeps): void {
  requireOneOf([deps.config.adminToken], request, deps);
}

/** GET /metrics opens to METRICS_TOKEN as well, which opens nothing else. @throws RelayError as requireAdmin. */
export function requireMetricsReader(request: Request, deps: AuthDeps): void {
  requireOneOf([deps.config.adminToken, deps.config.metricsToken], request, deps);
}

function requireOneOf(tokens: readonly (string | undefined)[], request: Request, deps: AuthDeps): void {
  const known = tokens.filter((token) => token !== undefined);
  if (known.length === 0) throw new RelayError("admin_unconfigured");
  const given = bearerToken(request);
  if (given === undefined)
    throw new RelayError("missing_auth", { message: "Send the admin token as Authorization: Bearer …." });
  if (known.filter((token) => equalSecrets(given, token)).length > 0) return;
  const now = deps.now();
  const waitSeconds = deps.isolate.guessing.blocked(deps.clientAddress, now);
  if (waitSeconds !== undefined) throw tooManyAttempts(waitSeconds);
  deps.isolate.guessing.failed(deps.clientAddress, now);
  throw new RelayError("invalid_admin_auth");
}
