/** Relays in every state but well. */
import { createServer, request as httpRequest } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { closed } from "./gateway.ts";

export interface BrokenRelay {
  readonly url: string;
  close(): Promise<void>;
}

/** A port where nobody is. */
export async function downRelay(): Promise<BrokenRelay> {
  const server = createServer();
  const url = await listening(server);
  await closed(server);
  return { url, close: async () => undefined };
}

/** The real relay, each answer of which is a quarter of a second late. */
export async function slowRelay(behind: string): Promise<BrokenRelay> {
  const { hostname, port } = new URL(behind);
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const upstream = httpRequest({ host: hostname, port, method, path, headers, agent: false }, (answer) => {
      setTimeout(() => {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
        answer.pipe(response);
      }, 250);
    });
    request.pipe(upstream);
    upstream.once("error", () => response.destroy());
  });
  return { url: await listening(server), close: () => closed(server) };
}

export interface RecordingRelay extends BrokenRelay {
  /** Every byte that was sent to it. */
  heard(): string;
}

/** The real relay, with a record of what is said to it. */
export async function recordingRelay(behind: string): Promise<RecordingRelay> {
  const { hostname, port } = new URL(behind);
  const chunks: Buffer[] = [];
  const relay = await tcpRelay((socket) => {
    const upstream = connect(Number(port), hostname);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.pipe(upstream).pipe(socket);
    socket.once("close", () => upstream.destroy());
    upstream.on("error", () => socket.destroy());
  });
  return { ...relay, heard: () => Buffer.concat(chunks).toString("latin1") };
}

export interface SilentRelay extends BrokenRelay {
  /** Resolves when the next question has come. */
  asked(): Promise<void>;
}

/** Accepts every connection and says nothing. */
export async function silentRelay(): Promise<SilentRelay> {
  let heard: () => void = () => undefined;
  let next = new Promise<void>((resolve) => (heard = resolve));
  const relay = await tcpRelay((socket) => {
    socket.on("data", () => heard());
  });
  return {
    ...relay,
    async asked() {
      await next;
      next = new Promise((resolve) => (heard = resolve));
    },
  };
}

/** Refuses every read. */
export async function refusingRelay(reason: string): Promise<BrokenRelay> {
  const error = { code: "fallback_local", message: "Run it yourself.", request_id: "req_1", details: { reason } };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(424, { "content-type": "application/json", "x-octopool-answer": "relay" });
    response.end(JSON.stringify({ error }));
  });
  return { url: await listening(server), close: () => closed(server) };
}

const PAGE = "<!doctype html><title>Welcome to the hotel</title>";
const page = (status: string, headers = "") =>
  `HTTP/1.1 ${status}\r\ncontent-type: text/html\r\ncontent-length: ${PAGE.length}\r\n${headers}\r\n${PAGE}`;
/** Each is what some machine between two others has said before. */
const GARBAGE = [
  "SSH-2.0-OpenSSH_9.2\r\n",
  page("200 OK"),
  page("302 Found", "location: https://hotel.example/login\r\n"),
  page("502 Bad Gateway"),
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnull",
  'HTTP/1.1 200 OK\r\nx-octopool-answer: github\r\ncontent-length: 900\r\n\r\n{"number":',
  'HTTP/1.1 200 OK\r\nx-octopool-answer: github\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"num',
  "",
];

/** Says something else on each connection, and hangs up. */
export async function garblingRelay(): Promise<BrokenRelay> {
  let count = 0;
  return tcpRelay((socket) => {
    const words = GARBAGE[count++ % GARBAGE.length] ?? "";
    socket.once("data", () => socket.end(words));
  });
}

async function tcpRelay(serve: (socket: Socket) => void): Promise<BrokenRelay> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket);
  });
  return {
    url: await listening(server),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
