/**
 * One HTTP exchange with a deadline for the connection and one for the whole answer. Built on node:http rather than
 * fetch, which has no deadline of its own for connecting and takes 20 ms longer to load.
 */
import type { IncomingMessage } from "node:http";
import type { Environment } from "./machine.ts";
import type { WayOut } from "./network/way-out.ts";

export const CONNECT_TIMEOUT_MS = 2_000;
export const ANSWER_TIMEOUT_MS = 30_000;

export interface HttpAsk {
  readonly url: URL;
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Lower-case names; repeated fields joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends one request. Never follows a redirect. Rejects with `Unreachable` where there is no complete answer. */
export type Transport = (ask: HttpAsk) => Promise<HttpAnswer>;

export interface Deadlines {
  readonly connectMs: number;
  readonly answerMs: number;
}

/** No complete answer came. The message is a clause that fits after "The server at X". */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Keeps connections open between calls of one command. Honours HTTPS_PROXY and NO_PROXY, except towards loopback. */
export function createTransport(
  env: Environment,
  deadlines: Deadlines = { connectMs: CONNECT_TIMEOUT_MS, answerMs: ANSWER_TIMEOUT_MS },
): Transport {
  const agents = new Map<boolean, WayOut>();
  return async (ask) => {
    const secure = ask.url.protocol === "https:";
    const [{ request }, { createWayOut }] = await Promise.all([import("node:http"), import("./network/way-out.ts")]);
    const agent = agents.get(secure) ?? createWayOut({ env, secure, connectMs: deadlines.connectMs });
    agents.set(secure, agent);
    return exchange(ask, deadlines, (headers) => request({ ...placeOf(ask.url), method: ask.method, headers, agent }));
  };
}

/** Where a request goes, for node:http, whatever the scheme. */
export function placeOf(url: URL): { readonly host: string; readonly port: number; readonly path: string } {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, path: `${url.pathname}${url.search}` };
}

type Open = (headers: Record<string, string>) => import("node:http").ClientRequest;

function exchange(ask: HttpAsk, deadlines: Deadlines, open: Open): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const body = ask.body === undefined ? undefined : Buffer.from(ask.body);
    const headers: Record<string, string> = { host: ask.url.host, ...ask.headers };
    if (body !== undefined) headers["content-length"] = String(body.length);
    const request = open(headers);
    let late: Unreachable | undefined;
    const answering = setTimeout(() => {
      late = new Unreachable(`did not answer within ${deadlines.answerMs / 1000} s`);
      request.destroy(late);
    }, deadlines.answerMs);
    const fail = (error: unknown) => reject(late ?? asUnreachable(error, deadlines));
    request.on("response", (response) => {
      collect(response, ask.maxBytes).then(resolve, fail);
    });
    request.on("error", fail);
    request.on("close", () => clearTimeout(answering));
    request.end(body);
  });
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Unreachable(`answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    headers,
    body: Buffer.concat(chunks),
  };
}

function asUnreachable(error: unknown, { connectMs }: Deadlines): Unreachable {
  if (error instanceof Unreachable) return error;
  if (error instanceof Error && error.name === "ConnectTimeout") {
    return new Unreachable(`could not be connected to within ${connectMs / 1000} s`);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  return new Unreachable(`could not be reached (${code})`);
}
