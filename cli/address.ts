/** Server addresses: how people write them, and which of them may see a token. */
import { Failure, UsageProblem } from "./exit.ts";
import type { Environment } from "./machine.ts";

const EXAMPLE = "octopool login https://octopool.example.com";

/** True for names that cannot leave this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The origin of a server as people type it: a scheme is added where it lacks one, a path is refused. */
export function serverOrigin(text: string): string {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : withScheme(text);
  if (!URL.canParse(written)) throw new UsageProblem(`"${text}" is not the address of a server.`, EXAMPLE);
  const url = new URL(written);
  const isOrigin =
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!isOrigin || !/^https?:$/.test(url.protocol)) {
    throw new UsageProblem("Give the server as scheme and host only, without a path or a user name.", EXAMPLE);
  }
  return url.origin;
}

function withScheme(text: string): string {
  const https = `https://${text}`;
  return URL.canParse(https) && isLoopback(new URL(https).hostname) ? `http://${text}` : https;
}

/** Refuses to speak plain HTTP with a token in hand, except on this machine or where the user allows it by name. */
export function requireSafe(origin: string, env: Environment): void {
  const url = new URL(origin);
  if (url.protocol === "https:" || isLoopback(url.hostname) || env["OCTOPOOL_ALLOW_INSECURE_LOGIN"] === "1") return;
  throw new Failure(`${origin} is plain HTTP: a token sent there could be read on the way.`, {
    next: `use https://${url.host}, or set OCTOPOOL_ALLOW_INSECURE_LOGIN=1 on a network you trust`,
  });
}
