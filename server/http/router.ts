/** Method and path to door: the public surface on one page. */
import { Hono } from "hono";
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { dashboard } from "./dashboard.ts";
import { discovery } from "./discovery.ts";
import { onInstallHost } from "./install-host.ts";
import { landing } from "./landing.ts";
import { metrics } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { poolHealth, poolStats } from "./pools.ts";
import { poolStanding } from "./pool-standing.ts";
import { plainPage } from "./plain-page.ts";
import { createCaller, getPool, putIdentity, putPoolPolicy, setOperator } from "./provision.ts";
import { purge } from "./purge.ts";
import { RELAY_PATH } from "./relay-path.ts";
import { relayRequest } from "./relay.ts";
import { beginSignIn, endSignIn } from "./sign-in-browser.ts";
import { loginFromCli } from "./sign-in-cli.ts";
import { askSignOut, signOut } from "./sign-out.ts";
import { status } from "./status.ts";
import { trpc } from "./trpc.ts";
import { webhook } from "./webhook.ts";

type Door = (request: Request, deps: Deps, params: Readonly<Record<string, string>>) => Response | Promise<Response>;

const DOORS: readonly (readonly [method: "GET" | "POST" | "PUT", path: string, door: Door])[] = [
  ["POST", "/v1/github/request", relayRequest],
  ["POST", "/v1/github/webhook", webhook],
  ["GET", "/", landing],
  ["GET", "/.well-known/octopool", discovery],
  ["GET", "/openapi.json", openapi],
  ["GET", "/metrics", metrics],
  ["GET", "/v1/status", status],
  ["GET", "/login/github", beginSignIn],
  ["GET", "/login/github/callback", endSignIn],
  ["GET", "/logout", askSignOut],
  ["POST", "/logout", signOut],
  ["GET", "/dashboard", dashboard],
  ["GET", "/dashboard/*", dashboard],
  ["GET", "/trpc/*", trpc],
  ["POST", "/trpc/*", trpc],
  ["POST", "/v1/login/github-cli", loginFromCli],
  ["GET", "/v1/pools/:pool/health", poolHealth],
  ["GET", "/v1/pools/:pool/standing", poolStanding],
  ["GET", "/v1/pools/:pool/stats", poolStats],
  ["POST", "/v1/admin/callers", createCaller],
  ["POST", "/v1/admin/operators", setOperator],
  ["GET", "/v1/admin/pools/:pool", getPool],
  ["PUT", "/v1/admin/pools/:pool", putPoolPolicy],
  ["POST", "/v1/admin/pools/:pool/identities", putIdentity],
  ["POST", "/v1/admin/pools/:pool/purge", purge],
];

/** @throws RelayError not_found, method_not_allowed, and whatever the door refuses. */
export function buildRouter(): (request: Request, deps: Deps, pathname: string) => Promise<Response> {
  const app = new Hono<{ Bindings: { deps: Deps } }>();
  const paths = new Map<string, string[]>();
  for (const [method, path, door] of DOORS) {
    app.on(method, path, (context) => door(context.req.raw, context.env.deps, context.req.param()));
    paths.set(path, [...(paths.get(path) ?? []), method, ...(method === "GET" ? ["HEAD"] : [])]);
  }
  for (const [path, methods] of paths) {
    app.all(path, () => {
      throw new RelayError("method_not_allowed", { headers: { allow: methods.join(", ") } });
    });
  }
  app.notFound((context) => notFound(context.req.raw, context.env.deps));
  app.onError((error) => {
    throw error; // worker.ts writes refusals
  });
  return async (request, deps, pathname) => {
    // The door that nearly every request takes, past the framework's own work (8-bars, 1).
    if (pathname === RELAY_PATH && request.method === "POST") return relayRequest(request, deps);
    return onInstallHost(request, deps, pathname) ?? app.fetch(request, { deps });
  };
}

/** A page for who came with a browser; machines get the code. @throws RelayError not_found. */
function notFound(request: Request, deps: Deps): Response {
  const isPage = request.method === "GET" && !/^\/(v1|trpc)(\/|$)/.test(new URL(request.url).pathname);
  if (isPage && request.headers.get("accept")?.includes("text/html") === true) return plainPage("not_found", deps);
  throw new RelayError("not_found");
}
