/** Who a browser is: the session of its cookie, read anew for every request, so that what ends it holds at once. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { hashToken } from "../relay/caller-token.ts";
import type { KnownCaller } from "../store/callers.ts";
import { findSession } from "../store/sessions.ts";
import { readCookie } from "./cookies.ts";

export const SESSION_COOKIE = "octopool_session";
export const SESSION_SECONDS = 14 * 86_400;

const SESSION = /^[A-Za-z0-9_-]{43}$/;

/** The hash under which the request's session is stored, if it has one of ours. */
export function sessionHash(request: Request): string | undefined {
  const value = readCookie(request, SESSION_COOKIE);
  return value !== undefined && SESSION.test(value) ? hashToken(value) : undefined;
}

/** Undefined: no session, an ended one, or one of a caller who was disabled or whose organization is another now. */
export async function findVisitor(request: Request, deps: Deps): Promise<KnownCaller | undefined> {
  const hash = sessionHash(request);
  if (hash === undefined) return undefined;
  const visitor = await findSession(deps.db, hash, deps.now());
  if (visitor === undefined || visitor.disabled || visitor.membershipDeniedAt !== undefined) return undefined;
  return visitor.orgLogin.toLowerCase() === deps.config.allowedOrg ? visitor : undefined;
}

/**
 * What a browser sends with a change must come from a page of ours (OWASP, Cross-Site Request Forgery Prevention:
 * verifying origin). No Origin at all is no browser of today's, and refused as well.
 * @throws RelayError origin_denied.
 */
export function requireSameOrigin(request: Request, deps: Pick<Deps, "origin">): void {
  if (!isSameOrigin(request, deps)) throw new RelayError("origin_denied");
}

export function isSameOrigin({ headers }: Request, deps: Pick<Deps, "origin">): boolean {
  // Browsers of today say it as well, where the page came over https (Fetch Metadata); a second word that must agree.
  const site = headers.get("sec-fetch-site") ?? "same-origin";
  return headers.get("origin") === deps.origin && site === "same-origin";
}
