/** Which TCP ports of this machine's loopback address are free. */
import { createServer, type AddressInfo } from "node:net";

export const LOOPBACK = "127.0.0.1";

/**
 * A port that was free a moment ago: `wanted` itself, or undefined where something listens there. With 0 any free
 * port. Another process may still take it before its user does.
 */
export async function freePort(wanted: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // EACCES: below 1024 without the right to it.
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen({ host: LOOPBACK, port: wanted, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The wanted port where it is free, else any other free one. */
export async function freePortNear(wanted: number | undefined): Promise<number> {
  const port = (wanted === undefined ? undefined : await freePort(wanted)) ?? (await freePort(0));
  if (port === undefined) throw new Error(`no port is free on ${LOOPBACK}`);
  return port;
}

/** A whole number from 1 to 65535; undefined for any other text. */
export function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
