/** Bar 11: every request leaves its row, in few writes, also when D1 fails for a while. */
import type { Finding } from "../finding.ts";
import { runLoad } from "../load.ts";
import { makeFresh, mustBeOk } from "../questions.ts";
import { Simulation, type Counts } from "../simulation.ts";

const REQUESTS = 10_000;
const CONNECTIONS = 32;
const WRITES_AT_MOST = 300;
const ATTEMPTS_AT_MOST = 20;
const FAILING_MS = 5_000;
/** For the last flush: back-off reaches two seconds. */
const SETTLE_MS = 20_000;

interface Run {
  readonly saved: number;
  readonly lost: number;
  readonly writes: number;
  readonly attempts: number;
}

export function writeAudit(): Promise<readonly Finding[]> {
  return Simulation.run({}, async (simulation) => {
    const path = `${simulation.setting.newRepository()}/pulls/1`;
    await simulation.setting.setAnonymousQuota("ample");
    await makeFresh(simulation.setting, [path]);
    const healthy = await ask(simulation, path, false);
    const failing = await ask(simulation, path, true);
    const common = { bar: 11, floor: "", share: "" };
    return [
      {
        ...common,
        what: `${REQUESTS} requests`,
        ours: `${healthy.saved} rows, ${healthy.writes} D1 write statements`,
        threshold: `${REQUESTS} rows, <= ${WRITES_AT_MOST} statements`,
        isMet: healthy.saved === REQUESTS && healthy.writes <= WRITES_AT_MOST,
        raw: healthy,
      },
      {
        ...common,
        what: `the same, D1 failing for ${FAILING_MS / 1000} s`,
        ours: `${failing.saved} saved + ${failing.lost} counted, ${failing.attempts} attempts`,
        threshold: `together ${REQUESTS}, <= ${ATTEMPTS_AT_MOST} attempts`,
        isMet: failing.saved + failing.lost === REQUESTS && failing.attempts <= ATTEMPTS_AT_MOST,
        raw: failing,
      },
    ];
  });
}

/** All requests at once; where D1 fails it does so from the first of them on. */
async function ask(simulation: Simulation, path: string, fails: boolean): Promise<Run> {
  await settled(simulation);
  const before = { rows: await rowsOf(simulation), counts: await simulation.counts() };
  const question = simulation.setting.bytes(path);
  let asked = 0;
  const next = () => (asked++ < REQUESTS ? question : undefined);
  if (fails) await simulation.door("fail-d1", { failing: true });
  const mended = fails ? mendLater(simulation) : Promise.resolve();
  await runLoad({ port: simulation.setting.port, connections: CONNECTIONS, next, check: mustBeOk, forMs: 120_000 });
  await mended;
  const counts = await settled(simulation);
  const rows = await rowsOf(simulation);
  return {
    saved: rows.saved - before.rows.saved,
    lost: rows.lost - before.rows.lost + counts.audit.lost,
    writes: counts.writes - before.counts.writes,
    attempts: counts.audit.attempts - before.counts.audit.attempts,
  };
}

async function mendLater(simulation: Simulation): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, FAILING_MS));
  await simulation.door("fail-d1", { failing: false });
}

/** When nothing waits to be written any more. */
async function settled(simulation: Simulation): Promise<Counts> {
  const endAt = performance.now() + SETTLE_MS;
  for (;;) {
    const counts = await simulation.counts();
    if (counts.audit.buffered === 0 || performance.now() > endAt) return counts;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What D1 holds, and what the isolates told it that they had to drop. */
async function rowsOf(simulation: Simulation): Promise<{ readonly saved: number; readonly lost: number }> {
  const [[events], [batches]] = (await simulation.sql(
    "SELECT count(*) AS n FROM audit_events",
    "SELECT coalesce(sum(lost), 0) AS n FROM audit_batches",
  )) as readonly [readonly Row[], readonly Row[]];
  return { saved: Number(events?.["n"]), lost: Number(batches?.["n"]) };
}

type Row = Readonly<Record<string, unknown>>;
