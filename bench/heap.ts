/** What an isolate still holds once V8 has collected its garbage, as V8's own inspector tells. */

/** JavaScript's heap, and the buffers that it keeps alive outside of it. */
export interface Held {
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

interface Target {
  readonly title: string;
  readonly webSocketDebuggerUrl: string;
}

/** @param inspector workerd's, of which only the isolate of this Worker is asked. */
export async function heldAfterCollection(inspector: URL, worker: string): Promise<Held> {
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

/** One conversation in Chrome's DevTools protocol, a question at a time. */
class Session {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string): Promise<Session> {
    const socket = new WebSocket(url);
    await heard(socket, "open");
    return new Session(socket);
  }

  async call(method: string): Promise<unknown> {
    const id = ++this.#asked;
    this.#socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const { data } = (await heard(this.#socket, "message")) as MessageEvent<string>;
      const said = JSON.parse(data) as { readonly id?: number; readonly result?: unknown };
      if (said.id === id) return said.result;
    }
  }

  close(): void {
    this.#socket.close();
  }
}

function heard(socket: WebSocket, event: "open" | "message"): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(event, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the inspector hung up")), { once: true });
  });
}
