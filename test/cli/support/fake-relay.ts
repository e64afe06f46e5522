/** A relay of protocol version 1 on a loopback port: it answers what a test scripts and remembers what it was asked. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The parsed JSON body; undefined where there was none. */
  readonly body: unknown;
}

export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Strings and bytes go out as they are, other values as JSON. */
  readonly body?: unknown;
}

export type Script = Scripted | readonly Scripted[] | ((heard: Heard) => Scripted);

export interface FakeRelay {
  readonly url: string;
  readonly host: string;
  readonly heard: readonly Heard[];
  /** `METHOD /path` -> the answer, or a list of answers of which the last repeats. */
  on(door: string, script: Script): void;
  close(): Promise<void>;
}

/** Starts on a free port. Doors without a script answer 404 `not_found`. */
export async function startFakeRelay(): Promise<FakeRelay> {
  const heard: Heard[] = [];
  const scripts = new Map<string, Script>();
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const said: Heard = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      heard.push(said);
      const door = `${said.method} ${said.path}`;
      const count = counts.get(door) ?? 0;
      counts.set(door, count + 1);
      const reply = answerOf(scripts.get(door), said, count);
      response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
      response.end(bytesOf(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    heard,
    on: (door, script) => void scripts.set(door, script),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(script: Script | undefined, said: Heard, count: number): Scripted {
  if (script === undefined) return refusal(404, "not_found", { message: "There is nothing at this path." });
  if (typeof script === "function") return script(said);
  return isList(script) ? (script[Math.min(count, script.length - 1)] ?? {}) : script;
}

function isList(script: Scripted | readonly Scripted[]): script is readonly Scripted[] {
  return Array.isArray(script);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown);
}

function bytesOf(body: unknown): string | Uint8Array {
  if (body === undefined) return "";
  return typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
}

/** An error as the wire has it. */
export function refusal(
  status: number,
  code: string,
  { message = "Refused.", details }: { message?: string; details?: Record<string, string> } = {},
): Scripted {
  return {
    status,
    headers: { "x-octopool-answer": "relay" },
    body: { error: { code, message, request_id: "req_7", ...(details === undefined ? {} : { details }) } },
  };
}

/** A 424 with its reason. */
export function fallback(reason: string): Scripted {
  return refusal(424, "fallback_local", { message: "Run it with your own gh.", details: { reason } });
}

/** GitHub's own answer in raw mode. */
export function raw(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Scripted {
  return { status, headers: { "x-octopool-answer": "github", "x-octopool-cache": "miss", ...headers }, body };
}

/** A discovery document of this relay. */
export function discovery(url: string, changes: Readonly<Record<string, unknown>> = {}): Scripted {
  return {
    body: {
      service: "octopool",
      version: 1,
      api_base: url,
      app_base: url,
      default_pool: "maintainers",
      allowed_org: "acme",
      auth: { cli_github_token: true, web_login: false },
      min_cli_version: "0.2.2",
      ...changes,
    },
  };
}
