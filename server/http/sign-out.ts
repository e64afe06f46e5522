/** GET /logout shows the button, POST /logout ends the session: a link alone must not. */
import type { Deps } from "../deps.ts";
import { endSession } from "../store/sessions.ts";
import { clearCookie } from "./cookies.ts";
import { plainPage } from "./plain-page.ts";
import { redirectTo } from "./redirect-to.ts";
import { requireSameOrigin, SESSION_COOKIE, sessionHash } from "./session.ts";

export function askSignOut(_request: Request, deps: Deps): Response {
  return plainPage("sign_out", deps);
}

/** @throws RelayError origin_denied. */
export async function signOut(request: Request, deps: Deps): Promise<Response> {
  requireSameOrigin(request, deps);
  const hash = sessionHash(request);
  if (hash !== undefined) await endSession(deps.db, hash);
  return redirectTo("/", [clearCookie(SESSION_COOKIE, "/")]);
}
