import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ask } from "./ask.ts";
import { StandInClient } from "./client.ts";
import { callDoor } from "./control.ts";
import { credentialName, readCredential } from "./credential.ts";
import { answer } from "./fault-answer.ts";
import { delay, send } from "./send.ts";
import type { Seed } from "./seed.ts";
import { StandInState } from "./state.ts";

export interface StandInOptions {
  /** Absent or 0: any free port. */
  readonly port?: number;
  readonly host?: "127.0.0.1";
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly seed?: Seed;
}

/** A running stand-in. `url` is its origin: the API, the web origin, `/_raw` and `/_blob` alike. */
export interface StandIn {
  readonly url: string;
  /** The same controls that tests in workerd use over HTTP. */
  readonly client: StandInClient;
  /** For tests in this process that want to look inside. */
  readonly state: StandInState;
  close(): Promise<void>;
}

/** Starts the server that takes GitHub's place. Reaches no network; answers only what GitHub would. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const state = new StandInState(options.now ?? Date.now, options.seed);
  const host = options.host ?? "127.0.0.1";
  let url = "";
  const server = createServer((request, response) => {
    handle(state, url, request, response).catch((error: unknown) => {
      const text = `stand-in GitHub failed: ${error instanceof Error ? error.stack : String(error)}\n`;
      process.stderr.write(text);
      if (!response.headersSent) response.writeHead(599).end(text);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => resolve());
  });
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    state.disturbances.clear();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, client: new StandInClient(url), state, close };
}

async function handle(
  state: StandInState,
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? "" : await readBody(request);
  const [path, search] = splitTarget(request.url ?? "/");
  if (path.startsWith("/_standin/")) {
    const result = await callDoor(state, path.slice("/_standin/".length), body);
    response.writeHead(result.status, { "content-type": "application/json" }).end(result.body);
    return;
  }
  const credential = readCredential(request.headers, state.world, state.now());
  const ask: Ask = {
    method,
    path,
    query: new URLSearchParams(search),
    headers: request.headers,
    body,
    credential,
    credentialName: credentialName(credential),
    address: request.socket.remoteAddress ?? "127.0.0.1",
    origin: url,
  };
  await serve(state, ask, response);
}

async function serve(state: StandInState, ask: Ask, response: ServerResponse): Promise<void> {
  const arrival = { method: ask.method, path: ask.path, credential: ask.credentialName };
  const entry = state.log.open({
    ...arrival,
    query: queryWords(ask.query),
    accept: ask.headers.accept ?? null,
    if_none_match: ask.headers["if-none-match"] !== undefined,
    at: state.now(),
  });
  const latencyMs = state.disturbances.latencyFor(arrival);
  await state.disturbances.pass(arrival);
  if (latencyMs > 0) await delay(latencyMs);
  const outcome = answer(state, ask);
  entry.charged = outcome.charged;
  entry.resource = outcome.resource;
  const isAnswered = outcome.transfer?.kind !== "hang" && outcome.transfer?.kind !== "reset";
  if (isAnswered) entry.status = outcome.status;
  await send(response, outcome, ask.method === "HEAD");
}

function splitTarget(target: string): readonly [path: string, search: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

function queryWords(query: URLSearchParams): Record<string, readonly string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
