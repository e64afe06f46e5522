/** `npm run bench -- replay`: a team's working day at a relay that runs, with GitHub's events and without (decision 7). */
import { percent, type Finding } from "../finding.ts";
import { percentile } from "../statistics.ts";
import { MEASURED_FROM } from "./day.ts";
import { playDay } from "./play.ts";
import { planReads } from "./reads.ts";
import { score, tally, type Score, type Stale } from "./score.ts";
import { SEED } from "./step.ts";
import { buildWorld } from "./world.ts";

const READS_AT_LEAST = 20_000;
const STALE_SHARE = 0.01;
const STALE_AGE_MS = 5_000;
const UNITS_PER_CHANGE = 1.05;
const UNITS_PER_READ = 0.25;

export async function replayDay(): Promise<readonly Finding[]> {
  const world = buildWorld(SEED);
  const reads = planReads(world, SEED);
  const measured = reads.filter(({ at }) => at >= MEASURED_FROM).length;
  if (measured < READS_AT_LEAST) throw new Error(`the model makes ${measured} reads only`);
  const findings: Finding[] = [];
  for (const hears of [true, false]) {
    const { played, calls } = await playDay(world, reads, hears);
    const result = score(played, calls, { things: world.things, from: MEASURED_FROM });
    findings.push(...judge(hears, result));
  }
  return findings;
}

function judge(hears: boolean, result: Score): readonly Finding[] {
  const { reads, stale, needed, units, firstUnits, proofUnits, peakUnitsAnHour } = result;
  const raw = { ...result, stale: summary(stale) };
  const common = { bar: "replay", floor: "", raw } as const;
  const name = hears ? "replay with webhooks" : "replay without";
  // Between two reads of the same thing: a first read is between none (decision 7).
  const again = units - firstUnits;
  const oldest = Math.max(0, ...stale.map(({ ageMs }) => ageMs));
  const staleness: Finding = {
    ...common,
    what: `${name}: stale answers of ${reads}`,
    ours: `${stale.length}, oldest ${(oldest / 1000).toFixed(1)} s`,
    share: `${((stale.length / reads) * 100).toFixed(2)} %`,
    threshold: hears ? "<= 1 %, none over 5 s" : "none past its table",
    isMet: hears
      ? stale.length <= STALE_SHARE * reads && oldest <= STALE_AGE_MS
      : stale.every(({ brokePromise }) => !brokePromise),
  };
  const spent: Finding = {
    ...common,
    what: `${name}: quota units (proofs ${proofUnits} more)`,
    ours: `${units}, peak ${peakUnitsAnHour}/h`,
    share: hears
      ? `${firstUnits} for first reads; the others ${(again / needed.changed).toFixed(3)} of ${needed.changed} changed`
      : percent(units / reads),
    threshold: hears ? `others <= ${UNITS_PER_CHANGE} x changed` : `<= ${UNITS_PER_READ} x reads`,
    isMet: hears ? again <= UNITS_PER_CHANGE * needed.changed : units <= UNITS_PER_READ * reads,
  };
  const { hit = 0, revalidated = 0, stale: servedStale = 0 } = result.caches;
  const hits: Finding = {
    ...common,
    what: `${name}: answered without a unit`,
    ours: `${hit} hit, ${revalidated} renewed, ${servedStale} while renewing`,
    share: percent((hit + revalidated + servedStale) / reads),
    threshold: "no refusal",
    isMet: Object.keys(result.refused).length === 0,
  };
  return [staleness, spent, hits];
}

function summary(stale: readonly Stale[]) {
  const ages = stale.map(({ ageMs }) => ageMs);
  const over = stale.filter(({ ageMs }) => ageMs > STALE_AGE_MS);
  const why = ({ routeKind, cache, staleReason, untold }: Stale) =>
    [routeKind, cache, staleReason, untold ? "untold" : "told"].filter((word) => word !== "").join(" ");
  return {
    count: stale.length,
    p50Ms: percentile(ages, 0.5),
    p99Ms: percentile(ages, 0.99),
    worstMs: Math.max(0, ...ages),
    brokenPromises: stale.filter(({ brokePromise }) => brokePromise).length,
    all: tally(stale.map(why)),
    overFiveSeconds: tally(over.map(why)),
    oldest: over.toSorted((left, right) => right.ageMs - left.ageMs).slice(0, 10),
  };
}
