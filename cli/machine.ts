/** Everything a command learns from outside, so that tests can stand in for each part. */
import { homedir, hostname } from "node:os";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Output {
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
  readonly rows?: number;
  write(content: string | Uint8Array): unknown;
}

export interface Machine {
  readonly env: Environment;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly platform: string;
  readonly homeDirectory: string;
  readonly hostName: string;
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    platform: process.platform,
    homeDirectory: homedir(),
    hostName: hostname(),
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}

/** Reads a short text, such as a token, from standard input. Stops at 64 KiB: no token is longer. */
export async function readInput(stdin: Machine["stdin"]): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > 64 * 1024) break;
  }
  return Buffer.concat(chunks).toString("utf8").trim();
}
