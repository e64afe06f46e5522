/**
 * The stand-in GitHub under GitHub's own names. gh speaks to https hosts only, so tests lead it here: plain gh through a
 * socket of its `http_unix_socket`, ours through a proxy that ends TLS. Both see the same bytes.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** Where signed URLs lead. */
export const BLOB_HOST = "blobs.githubusercontent.example";
export const API_ORIGIN = "https://api.github.com";

export interface GatewayNeeds {
  readonly standInUrl: string;
  /** How the asker is told to follow signed URLs. */
  readonly blobOrigin: string;
}

/** One request's passage, headers that name the stand-in rewritten to what GitHub would name. */
export function throughGateway({ standInUrl, blobOrigin }: GatewayNeeds) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(standInUrl);
    const { host: _, ...headers } = request.headers;
    const upstream = httpRequest(
      { host: url.hostname, port: url.port, path: request.url, method: request.method, headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 599, rewritten(answer, standInUrl, blobOrigin));
        answer.pipe(response);
      },
    );
    upstream.once("error", () => response.destroy());
    response.once("close", () => upstream.destroy());
    request.pipe(upstream);
  };
}

function rewritten(
  { headers }: IncomingMessage,
  standInUrl: string,
  blobOrigin: string,
): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === "connection" || name === "transfer-encoding" || name === "keep-alive") continue;
    result[name] =
      typeof value === "string"
        ? value.replaceAll(`${standInUrl}/_blob/`, `${blobOrigin}/_blob/`).replaceAll(standInUrl, API_ORIGIN)
        : value;
  }
  return result;
}

export interface Gateway {
  readonly server: Server;
  /** Undefined on a socket file. */
  readonly url: string;
  close(): Promise<void>;
}

/** On a socket file for gh, or on a loopback port for the relay, whose signed URLs must lead back to the same port. */
export async function startGateway(standInUrl: string, place: string | number): Promise<Gateway> {
  let serve = throughGateway({ standInUrl, blobOrigin: `https://${BLOB_HOST}` });
  const server = createServer((request, response) => serve(request, response));
  await new Promise<void>((resolve) =>
    typeof place === "string" ? server.listen(place, resolve) : server.listen(place, "127.0.0.1", resolve),
  );
  const url = typeof place === "string" ? "" : `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (url !== "") serve = throughGateway({ standInUrl, blobOrigin: url });
  return { server, url, close: () => closed(server) };
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
