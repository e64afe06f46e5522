/**
 * What one request asks of the stores, the coordinator and GitHub. Requests that are not traced pass straight through,
 * so that the same build serves the throughput runs.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Call, CallKind, Delay } from "../call.ts";

export interface Trace {
  readonly calls: { -readonly [member in keyof Call]: Call[member] }[];
  readonly delay: Delay | undefined;
  answered: boolean;
}

const current = new AsyncLocalStorage<Trace>();

/** Runs `work`; what it starts, under waitUntil too, is written into `trace`. */
export function runTraced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  return current.run(trace, work);
}

/** One round trip. Costs a look at the current request where that is not traced. */
export function traced<T>(kind: CallKind, operation: string, work: () => Promise<T>): Promise<T> {
  const trace = current.getStore();
  return trace === undefined ? work() : record(trace, kind, operation, work);
}

async function record<T>(trace: Trace, kind: CallKind, operation: string, work: () => Promise<T>): Promise<T> {
  const title = `${kind} ${operation}`;
  const before = trace.calls.filter(({ name }) => name.startsWith(`${title} `)).length;
  const call = { name: `${title} ${before + 1}`, kind, startedBeforeAnswer: !trace.answered, ended: false };
  trace.calls.push(call);
  const { delay } = trace;
  try {
    if (delay !== undefined && (delay.only ?? call.name) === call.name) await scheduler.wait(delay.ms);
    return await work();
  } finally {
    call.ended = true;
  }
}
