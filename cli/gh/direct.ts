/** A request of gh's sent on to its own host as gh meant it: over TLS, with gh's own headers, and nothing added. */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Environment } from "../machine.ts";
import { createWayOut } from "../network/way-out.ts";

/** Go's own limit for a connection (net/http.DefaultTransport). */
const CONNECT_MS = 30_000;
const MAX_HEADER_BYTES = 256 * 1024;
/** Of one hop (RFC 9110 section 7.6.1). Where a body's length is not known it is sent in chunks again. */
const HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export interface DirectNeeds {
  readonly env: Environment;
  /** The user's own `http_unix_socket`: whoever listens there leads on. */
  readonly socketPath: string | undefined;
  /** Stands for the token of a user who has none; never leaves. */
  readonly placeholder: string | undefined;
}

export interface Direct {
  /**
   * Answers `response` with the host's answer. Resolves when it is sent; rejects where the host gave none.
   * @param body where it has been read already; else it is streamed.
   */
  send(request: IncomingMessage, response: ServerResponse, body?: Buffer): Promise<void>;
  close(): void;
}

export function createDirect(needs: DirectNeeds): Direct {
  const { socketPath, env } = needs;
  const agent = socketPath === undefined ? createWayOut({ env, secure: true, connectMs: CONNECT_MS }) : undefined;
  const chained = new Agent({ keepAlive: true });
  return {
    send: async (request, response, body) => {
      const place = socketPath === undefined ? hostOf(request) : { socketPath };
      const answer = await open(request, body, {
        ...place,
        agent: agent ?? chained,
        headers: requestHeaders(request, needs.placeholder),
      });
      await pass(answer, response);
    },
    close() {
      agent?.destroy();
      chained.destroy();
    },
  };
}

/** Every host is spoken to in TLS: the scheme was lost on the way through the socket. */
function hostOf({ headers }: IncomingMessage): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(headers.host ?? "") ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new Error("the request names no host");
  return { host, port: port === undefined ? 443 : Number(port) };
}

type Headers = Record<string, string | string[]>;

interface Opening {
  readonly headers: Headers;
  readonly agent: Agent;
}

function open(from: IncomingMessage, body: Buffer | undefined, to: Opening): Promise<IncomingMessage> {
  const isEmpty = body === undefined && hasNoBody(from);
  const { method, url } = from;
  const attempt = (mayRepeat: boolean): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ ...to, method, path: url, maxHeaderSize: MAX_HEADER_BYTES });
      const giveUp = () => request.destroy();
      from.socket.once("close", giveUp);
      request.once("close", () => from.socket.removeListener("close", giveUp));
      request.once("response", resolve);
      request.once("error", (error) => {
        // As Go does: a kept connection may have been closed while it lay idle.
        if (mayRepeat && request.reusedSocket && isEmpty) attempt(false).then(resolve, reject);
        else reject(error);
      });
      if (isEmpty) request.end();
      else if (body !== undefined) request.end(body);
      else from.pipe(request);
    });
  return attempt(method === "GET" || method === "HEAD");
}

const hasNoBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0";

function requestHeaders(request: IncomingMessage, placeholder: string | undefined): Headers {
  const headers = keptHeaders(request);
  if (placeholder !== undefined && String(headers["authorization"]).includes(placeholder))
    delete headers["authorization"];
  return headers;
}

function keptHeaders({ rawHeaders }: IncomingMessage): Headers {
  const kept: Headers = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (HOP.has(name)) continue;
    const value = rawHeaders[at + 1] ?? "";
    const earlier = kept[name];
    kept[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return kept;
}

function pass(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, keptHeaders(answer));
    response.flushHeaders();
    answer.pipe(response);
    // Half an answer must not look like a whole one.
    answer.once("error", (error) => {
      response.destroy();
      reject(error);
    });
    response.once("close", () => {
      answer.destroy();
      resolve();
    });
  });
}
