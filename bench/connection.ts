/** One keep-alive connection that sends prepared bytes and reads answers with as little work as can be. */
import { connect, type Socket } from "node:net";
import { LOOPBACK } from "../scripts/ports.ts";
import { ResponseReader, type Reply } from "./response-reader.ts";

/** An answer, and milliseconds from its question's first byte to its own last. */
export interface Timed extends Reply {
  readonly ms: number;
}

/** More than any answer may take: REQUEST_TIMEOUT_MS is 15 s. */
const WITHIN_MS = 20_000;

export class Connection {
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #waiting: { readonly since: number; resolve(reply: Timed): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error(`nothing came for ${WITHIN_MS} ms`)));
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, LOOPBACK);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** One question at a time. Rejects where nothing comes in time, or the connection or the answer breaks. */
  ask(request: Buffer): Promise<Timed> {
    return new Promise((resolve, reject) => {
      this.#waiting = { since: performance.now(), resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.removeAllListeners("close").destroy();
  }

  #take(chunk: Buffer): void {
    try {
      const reply = this.#reader.take(chunk);
      if (reply === undefined) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve({ ...reply, ms: performance.now() - waiting.since });
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}
