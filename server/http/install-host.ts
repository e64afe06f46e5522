/** What the install host does not serve (2-wire, Two hosts): it has no sign-in and no dashboard, and says where they are. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { redirectTo } from "./redirect-to.ts";

/** People who came to the wrong door. */
const PAGES = ["/dashboard", "/login/github"] as const;
/** What only the dashboard's own pages ask; they live on the app host, and no other origin may. */
const DASHBOARD_API = "/trpc";

const isUnder = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

/** The answer that ends the matter on the install host; undefined where both hosts answer alike. @throws RelayError not_found. */
export function onInstallHost(
  request: Request,
  deps: Pick<Deps, "config" | "host">,
  pathname: string,
): Response | undefined {
  if (deps.host !== "install") return undefined;
  if (isUnder(pathname, DASHBOARD_API)) throw new RelayError("not_found");
  if (!PAGES.some((prefix) => isUnder(pathname, prefix))) return undefined;
  if (request.method !== "GET" && request.method !== "HEAD") throw new RelayError("not_found");
  return redirectTo(`${deps.config.appOrigin ?? ""}${pathname}${new URL(request.url).search}`);
}
