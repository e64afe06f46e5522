/** Bar 10: what a caller's statistics cost with a month of history behind them. */
import { inMs, type Finding } from "../finding.ts";
import { POOL, Simulation } from "../simulation.ts";
import { median } from "../statistics.ts";
import { seedStats, type SeededRows } from "./stats-rows.ts";

const WINDOWS = [
  { since: "24h", withinMs: 100 },
  { since: "30d", withinMs: 250 },
] as const;
const RUNS = 9;

export function askStats(): Promise<readonly Finding[]> {
  return Simulation.run({}, async (simulation) => {
    const [[caller] = []] = await simulation.sql("SELECT id FROM callers LIMIT 1");
    const rows = await seedStats(
      {
        sql: (...statements) => simulation.sql(...statements),
        closeDays: () => simulation.door("close-days", { pool: POOL }),
      },
      String(caller?.["id"]),
      Date.now(),
    );
    const findings: Finding[] = [];
    for (const { since, withinMs } of WINDOWS) {
      const times: number[] = [];
      for (let run = 0; run < RUNS; run++) times.push(await askOnce(simulation, since));
      findings.push(finding(since, withinMs, times, rows));
    }
    return findings;
  });
}

async function askOnce(simulation: Simulation, since: string): Promise<number> {
  const started = performance.now();
  const text = await simulation.stats(since);
  const ms = performance.now() - started;
  const { pool_usage: usage } = JSON.parse(text) as { readonly pool_usage?: { readonly requests: number } };
  if ((usage?.requests ?? 0) < 100_000) throw new Error(`stats answered ${text.slice(0, 200)}`);
  return ms;
}

function finding(since: string, withinMs: number, times: readonly number[], rows: SeededRows): Finding {
  const middle = median(times);
  return {
    bar: 10,
    what: `stats?since=${since}, ${rows.audit} rows, ${rows.hourly} rollups a day`,
    ours: `${inMs(middle)} (first ${inMs(times[0] ?? Number.NaN)})`,
    floor: "",
    share: "",
    threshold: `<= ${withinMs} ms`,
    isMet: middle <= withinMs && rows.audit >= 200_000 && rows.hourly >= 20_000 && rows.bodies >= 2_000,
    raw: { times, rows },
  };
}
