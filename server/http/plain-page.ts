/** The plain pages around the dashboard: what happened, and the one thing to do next. No script, no request of theirs. */
import { createHash } from "node:crypto";
import style from "../../web/plain.css?raw";
import page from "../../web/plain.html?raw";
import tokens from "../../web/ui/tokens.css?raw";
import type { Deps } from "../deps.ts";
import { escapeHtml } from "./html.ts";
import { SECURITY_HEADERS } from "./respond.ts";

interface Words {
  readonly status: number;
  readonly title: string;
  /** `{{organization}}` stands for the allowed organization. */
  readonly text: string;
  readonly next: "sign_in" | "sign_out" | "home";
}

const PAGES = {
  sign_in_unconfigured: {
    status: 404,
    title: "Browser sign-in is not set up",
    text: "This server has no GITHUB_OAUTH_CLIENT_ID and GITHUB_OAUTH_CLIENT_SECRET. The command line works without them.",
    next: "home",
  },
  sign_in_expired: {
    status: 400,
    title: "This sign-in has expired",
    text: "It took longer than ten minutes, was used before, or began in another browser. Nothing is wrong with your account.",
    next: "sign_in",
  },
  sign_in_cancelled: {
    status: 400,
    title: "GitHub did not sign you in",
    text: "You may have said no, or closed GitHub's page. Nothing was stored.",
    next: "sign_in",
  },
  sign_in_limited: {
    status: 429,
    title: "Too many attempts",
    text: "There were too many sign-ins from this address. Wait a minute, then try again.",
    next: "sign_in",
  },
  sign_in_denied: {
    status: 403,
    title: "You have no access",
    text: "This server is for members of {{organization}} whom no operator has shut out. If that should be you, ask an operator.",
    next: "home",
  },
  github_unreachable: {
    status: 502,
    title: "GitHub could not say who you are",
    text: "It did not answer, or not in full. Nothing was stored; try again in a moment.",
    next: "sign_in",
  },
  not_operator: {
    status: 403,
    title: "You are not an operator",
    text: "You are signed in, and the dashboard is for operators. One of them, or whoever holds the admin token, can make you one: octopool admin operator.",
    next: "sign_out",
  },
  sign_out: {
    status: 200,
    title: "Sign out",
    text: "This ends your session in this browser. The command line stays logged in.",
    next: "sign_out",
  },
  not_found: {
    status: 404,
    title: "There is nothing here",
    text: "The address may be mistyped, or the page is gone.",
    next: "home",
  },
} as const satisfies Record<string, Words>;

export type PlainPage = keyof typeof PAGES;

const ACTIONS: Readonly<Record<Words["next"], string>> = {
  sign_in: '<a class="btn primary" href="/login/github">Sign in again</a>',
  sign_out: '<form method="post" action="/logout"><button class="btn primary" type="submit">Sign out</button></form>',
  home: '<a class="btn primary" href="/">To the front page</a>',
};

/** A browser hashes what its parser saw, which has turned every line end into a line feed. */
const TEMPLATE = page.replace("{{style}}", () => tokens + style).replaceAll("\r\n", "\n");
const [, STYLE = ""] = /<style>([^]*?)<\/style>/.exec(TEMPLATE) ?? [];

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Never stored: it is about one visitor. */
export function plainPage(name: PlainPage, deps: Pick<Deps, "config">, cookies: readonly string[] = []): Response {
  const { status, title, text, next } = PAGES[name];
  const values: Readonly<Record<string, string>> = {
    title: escapeHtml(title),
    text: escapeHtml(text.replace("{{organization}}", () => deps.config.allowedOrg)),
    action: ACTIONS[next],
  };
  const headers = new Headers({
    ...SECURITY_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    // Under no-referrer a browser writes `Origin: null` on the sign-out form (Fetch, "append a request Origin header").
    "referrer-policy": "same-origin",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  const body = TEMPLATE.replace(/\{\{(\w+)\}\}/g, (_, value: string) => values[value] ?? "");
  return new Response(body, { status, headers });
}
