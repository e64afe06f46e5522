/** One traced read, and by elimination which of its round trips the answer waited for. */
import type { Call, Delay } from "./call.ts";
import { askAtOnce } from "./load.ts";
import type { AskOptions, Setting } from "./setting.ts";
import { median } from "./statistics.ts";

export interface Traced {
  /** Until the answer's last byte, in milliseconds. */
  readonly ms: number;
  readonly calls: readonly Call[];
}

/** What a kind of request waits for. */
export interface Waits {
  readonly plainMs: number;
  readonly calls: readonly string[];
  /** Each of these, held back by itself, holds back the answer. */
  readonly awaited: readonly string[];
  /** How often the answer is held back when every call is: the longest chain of calls one after another. */
  readonly inSeries: number;
}

/** Far above the noise of a busy machine; below what the relay waits for D1 or GitHub. */
const HOLD_MS = 400;
const PLAIN_RUNS = 3;
const SETTLE_MS = 5_000;

let traces = 0;

/** The trace includes what ran on after the answer, once all of it has ended. @throws Error unless it is 200. */
export async function traceRead(setting: Setting, path: string, options: AskOptions, delay?: Delay): Promise<Traced> {
  const id = `trace-${++traces}`;
  const headers: Record<string, string> = { ...options.headers, "x-bench-trace": id };
  if (delay !== undefined) headers["x-bench-delay"] = [delay.ms, delay.only ?? ""].join(" ").trim();
  const [reply] = await askAtOnce(setting.port, 1, setting.bytes(path, { ...options, headers }));
  if (reply?.status !== 200) throw new Error(`${path} answered ${reply?.status}`);
  return { ms: reply.ms, calls: await settledCalls(setting, id) };
}

async function settledCalls(setting: Setting, id: string): Promise<readonly Call[]> {
  const endAt = performance.now() + SETTLE_MS;
  for (;;) {
    const response = await fetch(`${setting.url}/__bench/trace/${id}`);
    const { calls } = (await response.json()) as { readonly calls: readonly Call[] };
    if (calls.every(({ ended }) => ended) || performance.now() > endAt) return calls;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** @param newPath prepares a request of the same kind that nothing has answered yet. */
export async function findWaits(
  setting: Setting,
  newPath: () => Promise<string>,
  options: AskOptions = {},
): Promise<Waits> {
  const plain: Traced[] = [];
  for (let run = 0; run < PLAIN_RUNS; run++) plain.push(await traceRead(setting, await newPath(), options));
  const plainMs = median(plain.map(({ ms }) => ms));
  const calls = [...new Set(plain.flatMap(({ calls: each }) => each.filter(isEarly).map(({ name }) => name)))];
  const awaited: string[] = [];
  for (const only of calls) {
    const { ms } = await traceRead(setting, await newPath(), options, { ms: HOLD_MS, only });
    if (ms - plainMs > HOLD_MS / 2) awaited.push(only);
  }
  const { ms } = await traceRead(setting, await newPath(), options, { ms: HOLD_MS, only: undefined });
  return { plainMs, calls, awaited, inSeries: Math.round((ms - plainMs) / HOLD_MS) };
}

function isEarly({ startedBeforeAnswer }: Call): boolean {
  return startedBeforeAnswer;
}
