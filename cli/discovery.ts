/** What a server says about itself, believed only as far as the address the user typed carries. */
import { requireSafe } from "./address.ts";
import { exchange } from "./client.ts";
import { Failure } from "./exit.ts";
import type { HttpAnswer, Transport } from "./http.ts";
import { isObject, objectAt, parseJson, textAt, type JsonObject } from "./json.ts";
import type { Environment } from "./machine.ts";
import { isOlder } from "./release.ts";

const MAX_DISCOVERY_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 3;

export interface Discovery {
  /** The origin that gets the GitHub token. */
  readonly apiOrigin: string;
  readonly defaultPool: string | undefined;
  readonly allowedOrg: string | undefined;
}

export interface DiscoveryAsk {
  /** The origin the user typed. */
  readonly server: string;
  readonly trustRedirect: boolean;
  /** This command line's own version. */
  readonly version: string;
  readonly env: Environment;
  readonly transport: Transport;
}

/** Refuses anything that is not an Octopool of protocol version 1, and an API on a host the user did not type. */
export async function discover(ask: DiscoveryAsk): Promise<Discovery> {
  requireSafe(ask.server, ask.env);
  const document = readDocument(await fetchDocument(ask), ask.server);
  requireSpoken(document, ask);
  const apiOrigin = readApiOrigin(document, ask);
  requireSafe(apiOrigin, ask.env);
  return { apiOrigin, defaultPool: textAt(document, "default_pool"), allowedOrg: textAt(document, "allowed_org") };
}

async function fetchDocument({ server, transport }: DiscoveryAsk): Promise<HttpAnswer> {
  let url = new URL("/.well-known/octopool", server);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await exchange(transport, {
      method: "GET",
      url,
      headers: { accept: "application/json" },
      maxBytes: MAX_DISCOVERY_BYTES,
    });
    if (answer.status < 300 || answer.status > 399) return answer;
    url = redirectTarget(url, answer.headers["location"]);
  }
  throw new Failure(`${server} redirects its discovery more than ${MAX_REDIRECTS} times.`, {
    next: "ask your operator for the server's address",
  });
}

/** The host, port included, must stay; only http may become https, which changes a default port. */
function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  const upgrades = target?.protocol === "https:" && from.protocol === "http:" && from.port === "" && target.port === "";
  if (target?.origin === from.origin || (upgrades && target.hostname === from.hostname)) return target;
  const where = target === undefined ? "nowhere" : target.origin;
  throw new Failure(`${from.origin} redirects its discovery to ${where}, which is another host.`, {
    next:
      target === undefined
        ? "ask your operator for the server's address"
        : `octopool login ${target.origin}, if you trust that host`,
  });
}

function readDocument(answer: HttpAnswer, server: string): JsonObject {
  const document = answer.status === 200 ? parseJson(answer.body.toString("utf8")) : undefined;
  if (isObject(document) && document["service"] === "octopool") return document;
  throw new Failure(`${server} is not an Octopool server (discovery answered ${answer.status}).`, {
    next: "check the address: octopool login https://octopool.example.com",
  });
}

function requireSpoken(document: JsonObject, { server, version }: DiscoveryAsk): void {
  if (document["version"] !== 1) {
    throw new Failure(`${server} speaks protocol version ${String(document["version"])}; this octopool speaks 1.`, {
      next: "update octopool, or ask your operator which release fits",
    });
  }
  const needed = textAt(document, "min_cli_version");
  if (needed !== undefined && isOlder(version, needed)) {
    throw new Failure(`${server} needs octopool ${needed} or newer; this is ${version}.`, {
      next: "npm install --global octopool@latest",
    });
  }
  if (objectAt(document, "auth")["cli_github_token"] !== true) {
    throw new Failure(`${server} takes no logins from the command line.`, {
      next: "ask your operator for a caller token and set OCTOPOOL_TOKEN",
    });
  }
}

function readApiOrigin(document: JsonObject, { server, trustRedirect }: DiscoveryAsk): string {
  const apiBase = textAt(document, "api_base") ?? "";
  const url = URL.canParse(apiBase) ? new URL(apiBase) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw new Failure(`${server} does not say where its API is.`, {
      next: "tell your operator that api_base in /.well-known/octopool is no origin",
    });
  }
  const apiOrigin = url.origin;
  const isSameHost = url.host === new URL(server).host;
  if (isSameHost || trustRedirect) return apiOrigin;
  throw new Failure(`${server} says its API is at ${apiOrigin}, another host; your GitHub token stays here.`, {
    next: `octopool login ${apiOrigin}, or add --trust-discovery-redirect if you trust that host`,
  });
}
