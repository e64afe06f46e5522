/** GET /login/github and its callback: GitHub says who it is, and a member of the organization gets a session. */
import type { Deps } from "../deps.ts";
import { askMembership } from "../github/membership.ts";
import { exchangeCode } from "../github/oauth.ts";
import { askWhoOwns, type GitHubUser } from "../github/user.ts";
import { hashToken } from "../relay/caller-token.ts";
import { startSession } from "../store/sessions.ts";
import { clearCookie, readCookie, setCookie } from "./cookies.ts";
import { makeState, readState, safeNext } from "./oauth-state.ts";
import { plainPage, type PlainPage } from "./plain-page.ts";
import { redirectTo } from "./redirect-to.ts";
import { SESSION_COOKIE, SESSION_SECONDS, sessionHash } from "./session.ts";

const STATE_COOKIE = "octopool_sign_in";
const STATE_PATH = "/login/github";
const STATE_SECONDS = 600;
const CODE = /^[A-Za-z0-9_-]{1,200}$/;

/** To GitHub's page, with a state that only this browser can bring back. */
export function beginSignIn(request: Request, deps: Deps): Response {
  const { oauth, githubWebOrigin } = deps.config;
  const url = new URL(request.url);
  if (oauth === undefined) return plainPage("sign_in_unconfigured", deps);
  const state = makeState(safeNext(url.searchParams.get("next")), oauth.clientSecret, deps.now());
  const target = new URL("/login/oauth/authorize", githubWebOrigin);
  target.search = new URLSearchParams({
    client_id: oauth.clientId,
    redirect_uri: callbackOf(deps),
    scope: "read:org",
    allow_signup: "false",
    state,
  }).toString();
  const cookie = setCookie(STATE_COOKIE, state, { path: STATE_PATH, maxAgeSeconds: STATE_SECONDS });
  return redirectTo(target.href, [cookie]);
}

/** Back from GitHub. Whatever comes of it, the state's cookie is gone: no state works twice. */
export async function endSignIn(request: Request, deps: Deps): Promise<Response> {
  const spent = clearCookie(STATE_COOKIE, STATE_PATH);
  const outcome = await whoSignsIn(request, deps);
  if (outcome.kind === "page") return plainPage(outcome.page, deps, [spent]);
  const { user, next } = outcome;
  const session = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const now = deps.now();
  const replaced = sessionHash(request);
  const isOpen = await startSession(deps.db, {
    member: { githubUserId: user.id, githubLogin: user.login, orgLogin: deps.config.allowedOrg, name: undefined },
    sessionHash: hashToken(session),
    expiresAt: now + SESSION_SECONDS * 1000,
    at: now,
    // Never the session that the browser came with: another may have put it there.
    ...(replaced === undefined ? {} : { replaces: replaced }),
  });
  if (!isOpen) return plainPage("sign_in_denied", deps, [spent]);
  const cookie = setCookie(SESSION_COOKIE, session, { path: "/", maxAgeSeconds: SESSION_SECONDS });
  return redirectTo(next, [spent, cookie]);
}

type SignIn =
  | { readonly kind: "user"; readonly user: GitHubUser; readonly next: string }
  | { readonly kind: "page"; readonly page: PlainPage };

async function whoSignsIn(request: Request, deps: Deps): Promise<SignIn> {
  const { oauth, orgToken, allowedOrg } = deps.config;
  const page = (name: PlainPage): SignIn => ({ kind: "page", page: name });
  if (oauth === undefined) return page("sign_in_unconfigured");
  const query = new URL(request.url).searchParams;
  const mirrored = readCookie(request, STATE_COOKIE);
  const next = readState(query.get("state"), mirrored, oauth.clientSecret, deps.now());
  if (next === undefined) return page("sign_in_expired");
  const code = query.get("code");
  if (code === null || !CODE.test(code)) return page("sign_in_cancelled");
  if (deps.isolate.guessing.loginAttempt(deps.clientAddress, deps.now()) !== undefined) return page("sign_in_limited");
  const { clientId, clientSecret } = oauth;
  const exchanged = await exchangeCode({ code, clientId, clientSecret, redirectUri: callbackOf(deps) }, deps);
  if (exchanged.kind !== "token") return page(exchanged.kind === "refused" ? "sign_in_expired" : "github_unreachable");
  // The user's token is used for this one question and then forgotten.
  const asked = await askWhoOwns(exchanged.token, deps);
  if (asked.kind !== "user") return page("github_unreachable");
  const { user } = asked;
  const token = orgToken ?? exchanged.token;
  const membership = await askMembership({ login: user.login, org: allowedOrg, token, githubUserId: user.id }, deps);
  if (membership.kind === "member") return { kind: "user", user, next };
  return page(membership.kind === "not_member" ? "sign_in_denied" : "github_unreachable");
}

function callbackOf(deps: Deps): string {
  return `${deps.config.oauth?.callbackOrigin ?? deps.origin}/login/github/callback`;
}
