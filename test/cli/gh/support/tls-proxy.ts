/** An HTTPS_PROXY behind which every host is the stand-in: it ends TLS with a certificate of the tests' authority. */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificates } from "./certificates.ts";
import { BLOB_HOST, closed, throughGateway } from "./gateway.ts";

export interface TlsProxy {
  readonly url: string;
  /** The `host:port` of every tunnel, in order. */
  readonly tunnels: readonly string[];
  /** Every Authorization header that came out of a tunnel. */
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

export async function startTlsProxy(standInUrl: string, { key, certificate }: Certificates): Promise<TlsProxy> {
  const tunnels: string[] = [];
  const credentials: string[] = [];
  const serve = throughGateway({ standInUrl, blobOrigin: `https://${BLOB_HOST}` });
  const inside = createHttpsServer({ key, cert: certificate }, (request, response) => {
    if (request.headers.authorization !== undefined) credentials.push(request.headers.authorization);
    serve(request, response);
  });
  const outside = createHttpServer((_, response) => response.writeHead(405).end());
  const sockets = new Set<Socket>();
  outside.on("connect", (request, socket: Socket) => {
    tunnels.push(request.url ?? "");
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    inside.emit("connection", socket);
  });
  await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(outside.address() as AddressInfo).port}`,
    tunnels,
    credentials,
    async close() {
      for (const socket of sockets) socket.destroy();
      await closed(outside);
    },
  };
}
