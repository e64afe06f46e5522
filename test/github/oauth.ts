/**
 * OAuth's web flow (docs.github.com, Authorizing OAuth apps): a page on which somebody agrees or does not, a code that
 * is good once, and the token it is exchanged for.
 */
import { randomBytes } from "node:crypto";
import type { Ask, Outcome } from "./ask.ts";
import type { StandInState } from "./state.ts";

/**
 * Step 1. GitHub knows who is signed in there; here the page asks who it shall be, and `login` in the address answers
 * beforehand. `deny=1` is its Cancel.
 */
export function authorize(state: StandInState, ask: Ask): Outcome {
  const target = ask.query.get("redirect_uri");
  if (target === null || !URL.canParse(target) || !ask.query.has("client_id")) return page(404, "<h1>Not Found</h1>");
  const login = ask.query.get("login");
  const isDenied = ask.query.get("deny") === "1";
  if (login === null && !isDenied) return page(200, choice(state, ask));
  if (login !== null && state.world.user(login) === undefined) return page(404, "<h1>No such user</h1>");
  const location = new URL(target);
  if (isDenied || login === null) {
    location.searchParams.set("error", "access_denied");
    location.searchParams.set("error_description", "The user has denied your application access.");
  } else {
    const code = randomBytes(10).toString("hex");
    state.oauthCodes.set(code, login);
    location.searchParams.set("code", code);
  }
  const opaque = ask.query.get("state");
  if (opaque !== null) location.searchParams.set("state", opaque);
  return { status: 302, headers: { location: location.href }, body: new Uint8Array(), charged: 0, resource: null };
}

function choice(state: StandInState, ask: Ask): string {
  const kept = [...ask.query].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const people = state.world.people.map(
    ({ login, name }) =>
      `<p><button name="login" value="${escape(login)}">Authorize as ${escape(login)}</button> ${escape(name ?? "")}</p>`,
  );
  return `<h1>Authorize octopool</h1>
<p>This is a stand-in for GitHub on your own machine. Who shall sign in?</p>
<form method="get" action="${escape(ask.path)}">${kept.join("")}${people.join("\n")}
<p><button name="deny" value="1">Cancel</button></p></form>`;
}

/** Step 2: a code is good once. GitHub answers 200 also when it refuses. */
export function exchange(state: StandInState, ask: Ask): Outcome {
  const isJson = ask.headers["content-type"]?.includes("json") === true;
  const sent = isJson ? new Map(Object.entries(JSON.parse(ask.body) as object)) : new URLSearchParams(ask.body);
  const code = String(sent.get("code") ?? "");
  const login = state.oauthCodes.get(code);
  state.oauthCodes.delete(code);
  let body: Record<string, string> = {
    error: "bad_verification_code",
    error_description: "The code passed is incorrect or expired.",
  };
  if (login !== undefined) {
    const token = `gho_${randomBytes(18).toString("hex")}`;
    state.world.addToken({ token, login, scopes: ["read:org"] });
    body = { access_token: token, token_type: "bearer", scope: "read:org" };
  }
  return ask.headers.accept?.includes("json") === true
    ? outcome(200, JSON.stringify(body), "application/json; charset=utf-8")
    : outcome(200, String(new URLSearchParams(body)), "application/x-www-form-urlencoded; charset=utf-8");
}

function page(status: number, body: string): Outcome {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>GitHub, a stand-in</title>${body}</html>`;
  return outcome(status, html, "text/html; charset=utf-8");
}

function outcome(status: number, body: string, contentType: string): Outcome {
  return { status, headers: { "content-type": contentType }, body: Buffer.from(body), charged: 0, resource: null };
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
