/**
 * The way to other hosts: TLS with the certificates gh would believe, through the proxy gh would take. Node's own proxy
 * support is younger than Node 22, and single-file executables have another.
 */
import { Agent, type ClientRequestArgs } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import type { Environment } from "../machine.ts";
import { chooseProxy, type Destination, type Proxy } from "./proxy.ts";
import { trustedRoots } from "./roots.ts";

type Connected = (error: Error | null, stream: Duplex) => void;

/** An agent whose connections to `secure` hosts are TLS: requests are made with node:http for both. */
export interface WayOut extends Agent {
  /** Opens a connection that the first request to come will use. */
  prepare(to: Destination): void;
}

/** No connection came about in time. */
export class ConnectTimeout extends Error {
  override readonly name = "ConnectTimeout";
}

export interface WayOutOptions {
  readonly env: Environment;
  /** Every destination of this agent speaks TLS, or none does: Node's agent does not tell them apart. */
  readonly secure: boolean;
  readonly connectMs: number;
}

/** Keeps connections alive. */
export function createWayOut({ env, secure, connectMs }: WayOutOptions): WayOut {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "lifo" }) as WayOut;
  const open = opener(env, connectMs);
  const prepared = new Map<string, Promise<Socket>>();
  agent.prepare = (to) => {
    const opening = open(to);
    opening.catch(() => undefined); // the request that wants it is told
    prepared.set(`${to.host}:${to.port}`, opening);
  };
  const destroyKept = agent.destroy.bind(agent);
  agent.destroy = () => {
    for (const opening of prepared.values())
      void opening.then(
        (socket) => socket.destroy(),
        () => undefined,
      );
    destroyKept();
  };
  agent.createConnection = (options: ClientRequestArgs, connected?: Connected) => {
    const to = { host: options.host ?? "", port: Number(options.port), secure };
    const name = `${to.host}:${to.port}`;
    const opening = prepared.get(name) ?? open(to);
    prepared.delete(name);
    // The second argument of a failure is never looked at; its type knows no failures.
    opening.then(
      (socket) => connected?.(null, socket),
      (error: Error) => connected?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  return agent;
}

function opener(env: Environment, connectMs: number): (to: Destination) => Promise<Socket> {
  let roots: { readonly ca?: string[] } | undefined;
  const secured = async (options: ConnectionOptions, host: string, watch: Watch): Promise<Socket> => {
    const tls = await import("node:tls");
    if (roots === undefined) {
      const ca = trustedRoots(env, process.platform);
      roots = ca === undefined ? {} : { ca: [...ca] };
    }
    const named = isIP(host) === 0 ? { servername: host } : {};
    return ready(watch(tls.connect({ ...options, ...roots, ...named, host })), "secureConnect");
  };
  const open = async (to: Destination, watch: Watch): Promise<Socket> => {
    const choice = chooseProxy(env, to);
    if (choice.kind === "unknown") throw new Error("the proxy of the environment is of an unknown kind");
    if (choice.kind === "none") {
      if (to.secure) return secured({ port: to.port }, to.host, watch);
      return ready(watch(connect(to.port, to.host)), "connect");
    }
    const { proxy } = choice;
    const tunnel = proxy.secure
      ? await secured({ port: proxy.port }, proxy.host, watch)
      : await ready(watch(connect(proxy.port, proxy.host)), "connect");
    await askTunnel(tunnel, proxy, to);
    return to.secure ? secured({ socket: tunnel }, to.host, watch) : tunnel;
  };
  return (to) => inTime(connectMs, (watch) => open(to, watch));
}

/** Names a socket that must go if the time is over. */
type Watch = (socket: Socket) => Socket;

async function inTime(milliseconds: number, open: (watch: Watch) => Promise<Socket>): Promise<Socket> {
  const sockets: Socket[] = [];
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy(new ConnectTimeout("no connection came about in time"));
  }, milliseconds);
  try {
    return await open((socket) => {
      sockets.push(socket);
      return socket;
    });
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function ready(socket: Socket, event: "connect" | "secureConnect"): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    const closed = () => reject(new Error("the connection was closed"));
    socket.setNoDelay(true);
    socket.once("error", failed);
    socket.once("close", closed);
    socket.once(event, () => {
      socket.removeListener("error", failed);
      socket.removeListener("close", closed);
      // Until a request takes it over, an idle connection that breaks is nobody's failure.
      socket.on("error", () => socket.destroy());
      resolve(socket);
    });
  });
}

const MAX_PROXY_ANSWER = 16 * 1024;

/** CONNECT (RFC 9110 section 9.3.6). Nothing comes after the answer before we speak. */
function askTunnel(socket: Socket, { authorization }: Proxy, { host, port }: Destination): Promise<void> {
  const authority = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const proof = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proof}\r\n`);
  return new Promise((resolve, reject) => {
    let answer = "";
    const end = (error?: Error) => {
      socket.removeListener("data", heard);
      socket.removeListener("close", closed);
      if (error === undefined) return resolve();
      socket.destroy();
      reject(error);
    };
    const closed = () => end(new Error("the proxy closed the connection"));
    const heard = (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (answer.length > MAX_PROXY_ANSWER) return end(new Error("the proxy's answer has no end"));
      if (!answer.includes("\r\n\r\n")) return;
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
      end(status === "200" ? undefined : new Error(`the proxy refused the connection (${status ?? "no HTTP"})`));
    };
    socket.on("data", heard);
    socket.once("close", closed);
  });
}
