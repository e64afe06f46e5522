/** The reads that the bars are about, and how they are made fresh. */
import type { Timed } from "./connection.ts";
import type { Contender } from "./contest.ts";
import { runLoad } from "./load.ts";
import type { AskOptions, Setting } from "./setting.ts";

/** Served by an isolate whose memory never holds an entry, so that each hit reads the Cache API. */
export const WITHOUT_MEMORY = { "x-bench-memory": "off" } as const;

/** @throws Error unless the answer is a fresh hit. */
export function mustBeHit({ status, cacheStatus }: Timed): void {
  if (status !== 200 || !cacheStatus.startsWith("octopool; hit") || cacheStatus.includes("detail=")) {
    throw new Error(`a hit was expected, and ${status} "${cacheStatus}" came`);
  }
}

/** @throws Error unless the answer is 200. */
export function mustBeOk({ status }: Timed): void {
  if (status !== 200) throw new Error(`200 was expected, and ${status} came`);
}

/** Asks the same paths in turn, for ever. */
export function inTurn(setting: Setting, paths: readonly string[], options: AskOptions = {}): Contender {
  const questions = paths.map((path) => setting.bytes(path, options));
  let asked = 0;
  return { next: () => questions[asked++ % questions.length], check: mustBeHit };
}

export function floorOf(setting: Setting, path: string): Contender {
  const question = setting.bytes(path, {}, "floor");
  return { next: () => question, check: mustBeHit };
}

/** Each path once. */
export function oncePerPath(setting: Setting, paths: readonly string[]): () => Buffer | undefined {
  const questions = paths.map((path) => setting.bytes(path));
  let asked = 0;
  return () => questions[asked++];
}

/** Fresh in isolate memory and the Cache API; both isolates know their callers, pools and proofs. */
export async function makeFresh(setting: Setting, paths: readonly string[]): Promise<void> {
  const load = { port: setting.port, connections: 16, check: mustBeOk, forMs: 30_000 };
  await runLoad({ ...load, next: oncePerPath(setting, paths) });
  for (const path of paths.slice(0, 1)) {
    for (const caller of [0, 1] as const) {
      await setting.read(path, { caller });
      await setting.read(path, { caller, headers: WITHOUT_MEMORY });
    }
  }
}
