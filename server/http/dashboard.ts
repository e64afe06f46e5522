/** /dashboard: the single page, for operators. What it shows it asks of /trpc, which looks at the session again. */
import type { Deps } from "../deps.ts";
import { plainPage } from "./plain-page.ts";
import { redirectTo } from "./redirect-to.ts";
import { SECURITY_HEADERS } from "./respond.ts";
import { findVisitor } from "./session.ts";

/** Nothing that is not a file of ours: no inline script or style, no other origin, fonts and pictures included. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Where the build put the page; asked without its name, which the assets' own rules would redirect to this. */
const PAGE = "/web/";

export async function dashboard(request: Request, deps: Deps): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (deps.host === "install") return redirectTo(`${deps.config.appOrigin ?? ""}${pathname}${search}`);
  const visitor = await findVisitor(request, deps);
  if (visitor === undefined) return redirectTo(`/login/github?next=${encodeURIComponent(pathname + search)}`);
  if (visitor.dashboardRole !== "admin") return plainPage("not_operator", deps);
  const page = await deps.asset(PAGE);
  if (!page.ok) throw new Error(`the dashboard's page is not among the assets: ${page.status}`);
  const headers = {
    ...SECURITY_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
  };
  return new Response(page.body, { headers });
}
