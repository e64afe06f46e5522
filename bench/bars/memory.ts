/** Bar 12: how much our caches hold, and whether the runtime keeps growing. */
import { percent, type Finding } from "../finding.ts";
import { runLoad } from "../load.ts";
import { mustBeOk, oncePerPath } from "../questions.ts";
import { Simulation, type Counts } from "../simulation.ts";
import { childrenNamed, residentBytes } from "../process-memory.ts";

const BODIES = 300;
const PASSES = 2;
const CONNECTIONS = 16;
const CAP_BYTES = 24 * 1024 * 1024;
const GROWTH_AT_MOST = 1.15;
const MEGABYTE = 1024 * 1024;

export async function holdMemory(): Promise<readonly Finding[]> {
  const before = await childrenNamed("workerd");
  return Simulation.run({}, async (simulation) => {
    const [workerd] = (await childrenNamed("workerd")).filter((pid) => !before.includes(pid));
    if (workerd === undefined) throw new Error("workerd is not among this process's children");
    const { setting } = simulation;
    await setting.setAnonymousQuota("ample");
    await setting.standIn.client.setLatency(0);
    const paths = Array.from({ length: BODIES }, () => `${setting.newRepository()}/actions/runs`);
    const first = await runOnce(simulation, paths, workerd);
    const second = await runOnce(simulation, paths, workerd);
    // The bar is about the second; the later ones tell a leak from a heap that is still finding its size.
    const later = [await runOnce(simulation, paths, workerd), await runOnce(simulation, paths, workerd)];
    const growth = second.rss / first.rss;
    const held = first.memoryBytes + first.outcomeBytes;
    return [
      {
        bar: 12,
        what: `our caches after ${BODIES} run lists of 200 KB`,
        ours: `${megabytes(held)} (isolate ${megabytes(first.memoryBytes)}, finished fills ${megabytes(first.outcomeBytes)})`,
        floor: "",
        share: percent(held / CAP_BYTES),
        threshold: `<= ${megabytes(CAP_BYTES)}`,
        isMet: held <= CAP_BYTES,
        raw: { first, second, later },
      },
      {
        bar: 12,
        what: "workerd's RSS after a second identical run",
        ours: `${megabytes(second.rss)}, first ${megabytes(first.rss)}`,
        floor: "",
        share: growth.toFixed(2),
        threshold: `<= ${GROWTH_AT_MOST}`,
        isMet: growth <= GROWTH_AT_MOST,
        raw: { first, second, later },
      },
    ];
  });
}

/** Every body asked for, and again: misses and hits of a run whose answers have ended before it began. */
async function runOnce(simulation: Simulation, paths: readonly string[], workerd: number) {
  const { setting } = simulation;
  // Past the stale ends: the second run fills as the first one did.
  await simulation.moveClock(26 * 3_600_000);
  for (let pass = 0; pass < PASSES; pass++) {
    const load = { port: setting.port, connections: CONNECTIONS, check: mustBeOk, forMs: 120_000 };
    await runLoad({ ...load, next: oncePerPath(setting, paths) });
  }
  const counts: Counts = await simulation.counts();
  return { ...counts, rss: await residentBytes(workerd) };
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
