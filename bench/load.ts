/** Closed-loop load: every connection asks again when it was answered, until the time or the questions end. */
import { Connection, type Timed } from "./connection.ts";
import { percentile } from "./statistics.ts";

export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** The next question; undefined ends the run. */
  readonly next: () => Buffer | undefined;
  /** @throws Error where an answer is not the one that the run is about. */
  readonly check: (reply: Timed) => void;
  readonly forMs: number;
}

/** Ends by itself: at `forMs`, with the questions, or at the first answer that fails `check`. */
export async function runLoad({ port, connections, next, check, forMs }: Load): Promise<Measured> {
  const open = await openConnections(port, connections);
  const latencies: number[] = [];
  const started = performance.now();
  const endAt = started + forMs;
  let broken = false;
  const work = async (connection: Connection) => {
    while (!broken && performance.now() < endAt) {
      const request = next();
      if (request === undefined) return;
      const reply = await connection.ask(request);
      check(reply);
      latencies.push(reply.ms);
    }
  };
  try {
    await Promise.all(open.map(work));
  } finally {
    broken = true;
    for (const connection of open) connection.close();
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    worstMs: latencies.reduce((worst, ms) => Math.max(worst, ms), 0),
  };
}

/** The same question on many connections at once, each opened beforehand. */
export async function askAtOnce(port: number, connections: number, request: Buffer): Promise<readonly Timed[]> {
  const open = await openConnections(port, connections);
  try {
    return await Promise.all(open.map((connection) => connection.ask(request)));
  } finally {
    for (const connection of open) connection.close();
  }
}

function openConnections(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}
