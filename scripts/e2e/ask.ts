/** One HTTP request as a stranger makes it: nothing is followed, nothing is kept. */
import { Resolver } from "node:dns";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";

export interface AskInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Ask = (url: string, init?: AskInit) => Promise<Reply>;

const PATIENCE_MS = 30_000;

export interface AskRoute {
  /** Address of a name server to ask, before a new host is known everywhere. */
  readonly resolver?: string | undefined;
  /** A port of this machine that stands for the host, as its TLS proxy sees it: what the test asks. */
  readonly behindProxy?: number | undefined;
}

export function asking({ resolver, behindProxy }: AskRoute = {}): Ask {
  return (url, init = {}) => {
    const target = new URL(url);
    const headers: Record<string, string> = { ...init.headers };
    if (init.body !== undefined) headers["content-length"] = String(Buffer.byteLength(init.body));
    if (behindProxy !== undefined) {
      const own = {
        host: target.host,
        "x-forwarded-proto": target.protocol.slice(0, -1),
        "x-forwarded-for": "192.0.2.1",
      };
      const local = new URL(`http://127.0.0.1:${behindProxy}${target.pathname}${target.search}`);
      return send(local, { ...init, headers: { ...headers, ...own } }, undefined);
    }
    return send(target, { ...init, headers }, resolver === undefined ? undefined : lookupBy(resolver));
  };
}

function send(
  url: URL,
  { method = "GET", headers, body }: AskInit,
  lookup: LookupFunction | undefined,
): Promise<Reply> {
  const request = url.protocol === "https:" ? tlsRequest : plainRequest;
  const options = {
    method,
    ...(headers === undefined ? {} : { headers }),
    ...(lookup === undefined ? {} : { lookup }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, timeout: PATIENCE_MS, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const pairs = Object.entries(incoming.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        );
        resolve({
          status: incoming.statusCode ?? 0,
          headers: new Headers(pairs),
          text: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    outgoing.once("timeout", () =>
      outgoing.destroy(new Error(`${url.origin} did not answer within ${PATIENCE_MS / 1000} s`)),
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

function lookupBy(server: string): LookupFunction {
  const resolver = new Resolver();
  resolver.setServers([server]);
  return (hostname, _options, callback) => {
    if (isIP(hostname) !== 0) callback(null, [{ address: hostname, family: isIP(hostname) }]);
    else
      resolver.resolve4(hostname, (error, addresses) =>
        callback(
          error,
          (error === null ? addresses : []).map((address) => ({ address, family: 4 })),
        ),
      );
  };
}
