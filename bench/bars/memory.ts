/**
 * Bar 12: how much our caches hold, whether our isolate holds more after a second identical run, and whether the runtime
 * does. The runtime is judged once it has found its size, beside a floor Worker that has been given the same bytes
 * (decision 4).
 */
import { setTimeout as delay } from "node:timers/promises";
import { percent, type Finding } from "../finding.ts";
import type { Held } from "../heap.ts";
import { runLoad } from "../load.ts";
import { childrenNamed, residentBytes } from "../process-memory.ts";
import { mustBeOk, oncePerPath } from "../questions.ts";
import type { Setting } from "../setting.ts";
import { Simulation, type Counts } from "../simulation.ts";

const BODIES = 300;
const PASSES = 2;
const CONNECTIONS = 16;
const CAP_BYTES = 24 * 1024 * 1024;
const GROWTH_AT_MOST = 1.15;
const MEGABYTE = 1024 * 1024;
/** V8 lets an isolate's buffers lie until many megabytes of them have come, and a local workerd holds fifteen isolates. */
const WARM_UP_RUNS = 8;
const FOR_MS = 240_000;
/** By then the coordinator has let go of the last fills' outcomes, which it remembers for two seconds. */
const FORGOTTEN_MS = 5_000;

interface Run extends Counts, Held {
  readonly rss: number;
}

export async function holdMemory(): Promise<readonly Finding[]> {
  const floor = await inFreshProcess(floorRuns);
  const { cold, warm } = await inFreshProcess(relayRuns);
  const [first, second] = lastTwo(warm);
  const held = cold.memoryBytes + cold.outcomeBytes;
  const raw = { cold, warm, floor };
  const isolate = (run: Run) => run.heapBytes + run.bufferBytes;
  return [
    {
      bar: 12,
      what: `our caches after ${BODIES} run lists of 200 KB`,
      ours: `${megabytes(held)} (isolate ${megabytes(cold.memoryBytes)}, finished fills ${megabytes(cold.outcomeBytes)})`,
      floor: "",
      share: percent(held / CAP_BYTES),
      threshold: `<= ${megabytes(CAP_BYTES)}`,
      isMet: held <= CAP_BYTES,
      raw,
    },
    growth(
      `our isolate after ${WARM_UP_RUNS + 2} identical runs, garbage collected`,
      isolate(cold),
      isolate(second),
      "",
      raw,
    ),
    growth(
      "workerd's RSS after a second identical run, warmed up",
      first.rss,
      second.rss,
      floor.slice(-2).map(megabytes).toReversed().join(", first "),
      raw,
    ),
  ];
}

function growth(what: string, first: number, second: number, floor: string, raw: unknown): Finding {
  const share = second / first;
  const ours = `${megabytes(second)}, first ${megabytes(first)}`;
  const threshold = `<= ${GROWTH_AT_MOST}`;
  return { bar: 12, what, ours, floor, share: share.toFixed(2), threshold, isMet: share <= GROWTH_AT_MOST, raw };
}

/** @param measure is handed the process to look at. */
async function inFreshProcess<T>(measure: (simulation: Simulation, workerd: number) => Promise<T>): Promise<T> {
  const before = await childrenNamed("workerd");
  const work = async (simulation: Simulation) => {
    const [workerd] = (await childrenNamed("workerd")).filter((pid) => !before.includes(pid));
    if (workerd === undefined) throw new Error("workerd is not among this process's children");
    await simulation.setting.setAnonymousQuota("ample");
    await simulation.setting.standIn.client.setLatency(0);
    return measure(simulation, workerd);
  };
  return Simulation.run({}, work, true);
}

/** Every body asked for, and again: misses and hits of runs whose answers have ended before each began. */
async function relayRuns(simulation: Simulation, workerd: number): Promise<{ cold: Run; warm: readonly Run[] }> {
  const { setting } = simulation;
  const paths = Array.from({ length: BODIES }, () => `${setting.newRepository()}/actions/runs`);
  const runs: Run[] = [];
  for (let round = 0; round < WARM_UP_RUNS + 2; round++) {
    // Past the stale ends: each run fills as the first one did.
    await simulation.moveClock(26 * 3_600_000);
    for (let pass = 0; pass < PASSES; pass++) await load(setting, oncePerPath(setting, paths));
    const counts = await simulation.counts();
    const rss = await residentBytes(workerd);
    // Collected where it is compared, and nowhere else: V8 alone decides in between.
    const isCompared = round === 0 || round === WARM_UP_RUNS + 1;
    if (isCompared) await delay(FORGOTTEN_MS);
    const held = isCompared ? await simulation.held() : { heapBytes: Number.NaN, bufferBytes: Number.NaN };
    runs.push({ ...counts, ...held, rss });
  }
  const [cold, ...warm] = runs;
  if (cold === undefined) throw new RangeError("no run was made");
  return { cold, warm };
}

/** RSS after each of as many runs of a Worker that answers constants as large. */
async function floorRuns({ setting }: Simulation, workerd: number): Promise<readonly number[]> {
  const path = `${setting.newRepository()}/actions/runs`;
  const { text, headers } = await setting.read(path);
  await setting.keepAtFloor(path, { text, headers });
  const question = setting.bytes(path, {}, "floor");
  const after: number[] = [];
  for (let round = 0; round < WARM_UP_RUNS + 2; round++) {
    let left = BODIES * PASSES;
    await load(setting, () => (left-- > 0 ? question : undefined));
    after.push(await residentBytes(workerd));
  }
  return after;
}

async function load({ port }: Setting, next: () => Buffer | undefined): Promise<void> {
  await runLoad({ port, connections: CONNECTIONS, check: mustBeOk, forMs: FOR_MS, next });
}

function lastTwo(runs: readonly Run[]): readonly [Run, Run] {
  const [first, second] = runs.slice(-2);
  if (first === undefined || second === undefined) throw new RangeError("two runs are compared");
  return [first, second];
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
