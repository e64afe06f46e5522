/** Who may use the admin doors: whoever holds OCTOPOOL_ADMIN_TOKEN, and no caller. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { bearerToken } from "../relay/authenticate.ts";
import { equalSecrets } from "./origin.ts";
import { tooManyAttempts } from "./sign-in-cli.ts";

/**
 * Compares in constant time, before any limit is looked at: the right token is never limited by its address.
 * @throws RelayError admin_unconfigured, missing_auth, invalid_admin_auth, rate_limited.
 */
export function requireAdmin(request: Request, deps: Pick<Deps, "config" | "isolate" | "clientAddress" | "now">): void {
  const { adminToken } = deps.config;
  if (adminToken === undefined) throw new RelayError("admin_unconfigured");
  const given = bearerToken(request);
  if (given === undefined)
    throw new RelayError("missing_auth", { message: "Send the admin token as Authorization: Bearer …." });
  if (equalSecrets(given, adminToken)) return;
  const now = deps.now();
  const waitSeconds = deps.isolate.guessing.blocked(deps.clientAddress, now);
  if (waitSeconds !== undefined) throw tooManyAttempts(waitSeconds);
  deps.isolate.guessing.failed(deps.clientAddress, now);
  throw new RelayError("invalid_admin_auth");
}
