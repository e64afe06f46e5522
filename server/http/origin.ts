/**
 * Which origin and which kind of host the client asked, and from where (2-wire, Two hosts). Forwarded words are
 * believed only with the proxy's secret, or from one's own TLS proxy (`TRUST_PROXY=1`).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type Config, misconfigured } from "../config.ts";

export interface Asked {
  readonly origin: string;
  readonly host: "app" | "install";
  readonly clientAddress: string;
  readonly secure: boolean;
}

/** @throws RelayError misconfigured: on Cloudflare there is no proxy of one's own, and anybody writes x-forwarded-for. */
export function whatWasAsked(request: Request, url: Pick<URL, "host" | "protocol" | "origin">, config: Config): Asked {
  if (config.trustProxy && isOnCloudflare(request)) {
    throw misconfigured("TRUST_PROXY", "must be empty on Cloudflare, which tells the client's address by itself");
  }
  const byProxy = fromOwnProxy(request, config);
  const forwardedHost = byProxy ? request.headers.get("x-octopool-forwarded-host")?.toLowerCase() : undefined;
  const install = config.publicHost !== undefined && (forwardedHost ?? url.host) === config.publicHost;
  // The proxy is asked over https: its own word about the host is word enough.
  const secure =
    (install && byProxy) ||
    (config.trustProxy ? request.headers.get("x-forwarded-proto") === "https" : url.protocol === "https:");
  const clientAddress = addressOf(request, config, byProxy);
  if (install) return { origin: `https://${config.publicHost}`, host: "install", clientAddress, secure };
  return { origin: config.appOrigin ?? url.origin, host: "app", clientAddress, secure };
}

/**
 * Cloudflare names its data centre on every request, by three letters; workerd alone has none, and what runs it on one
 * machine says `local` (scripts/local-worker.ts). No client can write it.
 */
function isOnCloudflare(request: Request): boolean {
  const { cf } = request as { readonly cf?: { readonly colo?: unknown } };
  return cf !== undefined && cf.colo !== "local";
}

function fromOwnProxy(request: Request, config: Config): boolean {
  if (config.proxySecret === undefined) return false;
  const given = request.headers.get("x-octopool-proxy-secret");
  return given !== null && equalSecrets(given, config.proxySecret);
}

/** In constant time: hashes have one length. */
export function equalSecrets(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function addressOf(request: Request, config: Config, byProxy: boolean): string {
  const byCloudflare = request.headers.get("cf-connecting-ip");
  if (byProxy) return request.headers.get("x-octopool-forwarded-for") || byCloudflare || "unknown";
  // Behind a proxy of one's own, cf-connecting-ip is whatever the client wrote.
  const address = config.trustProxy ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : byCloudflare;
  return address || "unknown";
}

/** Plain http is for this machine, or behind a proxy that ends TLS itself. */
export function isLocalHost(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    hostname.endsWith(".localhost") ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
