/**
 * The install host's own Worker (2-wire, Two hosts): no data, one secret. It passes every request on to the main Worker
 * and says which host and which address asked; the secret makes its word believed there.
 */
import { ERRORS, RelayError } from "../shared/errors.ts";
import { readProxyConfig, type ProxyConfig } from "./config.ts";
import { isLocalHost } from "./http/origin.ts";
import { RELAY_PATH } from "./http/relay-path.ts";
import { refusal, SECURITY_HEADERS } from "./http/respond.ts";
import { logLine } from "./log.ts";

/** What the proxy alone may say; whatever a client wrote under these names is dropped. */
const OWN_HEADERS = ["x-octopool-forwarded-host", "x-octopool-forwarded-for", "x-octopool-proxy-secret"] as const;

interface ProxyPlatform {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly randomId: () => string;
}

const realPlatform: ProxyPlatform = { fetch: (request) => fetch(request), randomId: () => crypto.randomUUID() };

/** Redirects are handed on, never followed: they lead to the app host, which is the browser's to open. */
export function createProxy(platform: ProxyPlatform = realPlatform): ExportedHandler {
  return {
    async fetch(request, env) {
      const url = new URL(request.url);
      try {
        const config = readProxyConfig(env as Readonly<Record<string, unknown>>);
        if (url.protocol === "http:" && !isLocalHost(url.hostname)) return toHttps(url);
        return await platform.fetch(forwarded(request, url, config));
      } catch (error) {
        const requestId = platform.randomId();
        logFailure(error, requestId);
        const relayDoor = url.pathname === RELAY_PATH;
        return refusal(error instanceof RelayError ? error : unreachable(relayDoor), requestId, relayDoor);
      }
    },
  };
}

/** On the relay door a reason that published clients know: they try again, and then run their own gh. */
function unreachable(relayDoor: boolean): RelayError {
  return relayDoor
    ? new RelayError("relay_overloaded", { message: ERRORS.relay_unreachable.says })
    : new RelayError("relay_unreachable");
}

function forwarded(request: Request, url: URL, { upstreamOrigin, proxySecret }: ProxyConfig): Request {
  // Set part by part: resolved as a reference, a path that begins with // would name another host (RFC 3986, section 4.2).
  const target = new URL(upstreamOrigin);
  if (target.host === url.host) {
    const message = "UPSTREAM_ORIGIN must be the app host's origin, not the install host's own.";
    throw new RelayError("misconfigured", { message, details: { name: "UPSTREAM_ORIGIN" } });
  }
  target.pathname = url.pathname;
  target.search = url.search;
  const headers = new Headers(request.headers);
  for (const name of OWN_HEADERS) headers.delete(name);
  headers.set("x-octopool-forwarded-host", url.host);
  headers.set("x-octopool-proxy-secret", proxySecret);
  const address = request.headers.get("cf-connecting-ip");
  if (address !== null) headers.set("x-octopool-forwarded-for", address);
  const { method, body } = request;
  return new Request(target, { method, headers, redirect: "manual", ...(body === null ? {} : { body }) });
}

function toHttps(url: URL): Response {
  const target = new URL(url);
  target.protocol = "https:";
  return new Response(null, { status: 308, headers: { ...SECURITY_HEADERS, location: target.href } });
}

/** By name only: a failed fetch's message may hold the address it was for. */
function logFailure(error: unknown, requestId: string): void {
  const known = error instanceof RelayError;
  const message = known ? error.message : "the main Worker could not be asked";
  logLine("error", { message, request_id: requestId, name: error instanceof Error ? error.name : "unknown" });
}

export default createProxy();
