/** What an isolate still holds once V8 has collected its garbage, as V8's own inspector tells. */
import { setTimeout as delay } from "node:timers/promises";

/** JavaScript's heap, and the buffers that it keeps alive outside of it. */
export interface Held {
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

interface Target {
  readonly title: string;
  readonly webSocketDebuggerUrl: string;
}

/** An isolate that does nothing is not woken by its inspector, and answers with its next request. */
const WOKEN_EVERY_MS = 250;

/**
 * @param inspector workerd's, of which only the isolate of this Worker is asked.
 * @param wake makes a small request of it.
 */
export async function heldAfterCollection(inspector: URL, worker: string, wake: () => Promise<unknown>): Promise<Held> {
  let over = false;
  const held = collect(inspector, worker).finally(() => (over = true));
  while (!over) {
    await wake();
    await Promise.race([held, delay(WOKEN_EVERY_MS)]);
  }
  return held;
}

async function collect(inspector: URL, worker: string): Promise<Held> {
  const response = await fetch(`http://${inspector.host}/json`);
  const targets = (await response.json()) as readonly Target[];
  const target = targets.find(({ title }) => title.endsWith(`core:user:${worker}`));
  if (target === undefined) throw new Error(`no isolate of ${worker} can be inspected`);
  const session = await Session.open(target.webSocketDebuggerUrl);
  try {
    // The second finds what the first one's finalizers let go of.
    for (let round = 0; round < 2; round++) await session.call("HeapProfiler.collectGarbage");
    const usage = (await session.call("Runtime.getHeapUsage")) as Readonly<Record<string, number>>;
    const { usedSize = Number.NaN, backingStorageSize = Number.NaN } = usage;
    return { heapBytes: usedSize, bufferBytes: backingStorageSize };
  } finally {
    session.close();
  }
}

/** One conversation in Chrome's DevTools protocol. */
class Session {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const { id, result } = JSON.parse(data) as { readonly id?: number; readonly result?: unknown };
      if (id !== undefined) this.#answers.get(id)?.(result);
    });
  }

  static open(url: string): Promise<Session> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Session(socket)), { once: true });
      socket.addEventListener("error", () => reject(new Error("the inspector hung up")), { once: true });
    });
  }

  /** Its result; never, where the inspector hangs up. */
  call(method: string): Promise<unknown> {
    const id = ++this.#asked;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#answers.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method }));
    return promise;
  }

  close(): void {
    this.#socket.close();
  }
}
