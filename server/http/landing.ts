/**
 * GET /: a page for people, one line of JSON for probes. The page is one document: style and script stand in it, and
 * the content security policy allows exactly those two texts by their hashes.
 */
import { createHash } from "node:crypto";
import style from "../../web/landing.css?raw";
import page from "../../web/landing.html?raw";
import tokens from "../../web/ui/tokens.css?raw";
import type { Config } from "../config.ts";
import { escapeHtml } from "./html.ts";
import { json, SECURITY_HEADERS } from "./respond.ts";

/** The part of Deps that the page needs. */
export interface LandingDeps {
  readonly config: Pick<Config, "allowedOrg" | "installCommand" | "oauth">;
  readonly host: "app" | "install";
  /** The origin the client asked: the one to log in to. */
  readonly origin: string;
}

type Section = "app" | "install" | "sign-in";

/** A browser hashes what its parser saw, which has turned every line end into a line feed. */
const TEMPLATE = page.replace("{{style}}", () => tokens + style).replaceAll("\r\n", "\n");

const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf("style")}'`,
  `script-src '${hashOf("script")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/html; charset=utf-8",
  "cache-control": "public, max-age=300",
  "content-security-policy": POLICY,
  vary: "accept",
};

/** JSON, never stored, for who accepts JSON and no HTML; otherwise the page of the host asked, good for 300 seconds. */
export function landing(request: Request, deps: LandingDeps): Response {
  const accept = request.headers.get("accept")?.toLowerCase() ?? "";
  if (accept.includes("application/json") && !accept.includes("text/html")) {
    return json(200, { ok: true, service: "octopool", version: 1 }, { vary: "accept" });
  }
  return new Response(render(deps), { headers: HEADERS });
}

/** Sections first and values in one pass after them, so that no value can hold a section or another value. */
function render({ config, host, origin }: LandingDeps): string {
  const shown: readonly Section[] = [
    host,
    ...(host === "app" && config.oauth !== undefined ? ["sign-in" as const] : []),
  ];
  const values: Readonly<Record<string, string>> = {
    origin: escapeHtml(origin),
    organization: escapeHtml(config.allowedOrg),
    installCommand: escapeHtml(config.installCommand),
  };
  return withSections(TEMPLATE, shown).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
}

/** Keeps what stands between `when` and `end` of the sections shown; the inner ones are decided after the outer. */
function withSections(text: string, shown: readonly Section[]): string {
  const kept = text.replace(/<!--when ([a-z-]+)-->([^]*?)<!--end \1-->/g, (_, name: string, inner: string) =>
    shown.some((section) => section === name) ? inner : "",
  );
  return kept === text ? text : withSections(kept, shown);
}

/** The text between the page's own tags, as a source of a content security policy (CSP level 3, section 2.3.1). */
function hashOf(element: "style" | "script"): string {
  const [, text = ""] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(TEMPLATE) ?? [];
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
