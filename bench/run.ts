/** `npm run bench [-- <bar>… | replay | dashboard | cli | housekeeping | --json]`: the bars that are measured, each with its floor in the same run. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { failureText } from "../scripts/problem.ts";
import { createProgress } from "../scripts/progress.ts";
import { Shutdown } from "../scripts/shutdown.ts";
import { writeAudit } from "./bars/audit.ts";
import { addToGh } from "./bars/cli.ts";
import { fillTogether, failTogether } from "./bars/coalescing.ts";
import { fillColdKeys } from "./bars/cold-keys.ts";
import { openDashboard } from "./bars/dashboard.ts";
import { hitManyPulls, hitOnePull, hitPooledPull, hitRunList } from "./bars/hits.ts";
import { guessTokens } from "./bars/guessing.ts";
import { keepHouse } from "./bars/housekeeping.ts";
import { holdMemory } from "./bars/memory.ts";
import { outlastOutage } from "./bars/outage.ts";
import { countMiss } from "./bars/plain-miss.ts";
import { pollPulls } from "./bars/polling.ts";
import { askStats } from "./bars/stats.ts";
import { CONNECTIONS } from "./contest.ts";
import { NAMED_BARS, renderTable, type Finding } from "./finding.ts";
import { startWorkers } from "./miniflare.ts";
import { replayDay } from "./replay/replay.ts";
import { Setting, varsFor } from "./setting.ts";
import { LATENCY_MS, startStandInProcess } from "./stand-in.ts";
import { inWords, readProcessorTime, stolenNote, stolenShare } from "./stolen-time.ts";

type Measurement = (setting: Setting) => Promise<readonly Finding[]>;

/** From the ninth on each starts a relay of its own, whose clock or D1 the bench holds. */
const BARS: ReadonlyMap<Finding["bar"], Measurement> = new Map<Finding["bar"], Measurement>([
  [1, hitOnePull],
  [2, hitManyPulls],
  [3, hitRunList],
  [4, hitPooledPull],
  [5, fillColdKeys],
  [6, fillTogether],
  [7, failTogether],
  [8, countMiss],
  [9, pollPulls],
  [10, askStats],
  [11, writeAudit],
  [12, holdMemory],
  [13, outlastOutage],
  [14, guessTokens],
  ["replay", replayDay],
  ["dashboard", openDashboard],
  ["cli", addToGh],
  ["housekeeping", keepHouse],
]);

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const RESULTS = "results";
const LOAD_BEFORE = loadavg()[0] ?? 0;
const stolen = new Map<Finding["bar"], number>();

/** Without words the numbered bars. */
function chosenBars(words: readonly string[]): readonly Finding["bar"][] {
  const named = (word: string) => NAMED_BARS.find((name) => name === word) ?? Number(word);
  const unknown = words.find((word) => !BARS.has(named(word)));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bar "${unknown}": choose among ${[...BARS.keys()].join(" ")}.\n`);
    process.exit(2);
  }
  return words.length === 0 ? [...BARS.keys()].filter((bar) => typeof bar === "number") : words.map(named);
}

async function measure(bars: readonly Finding["bar"][], write: (text: string) => void): Promise<readonly Finding[]> {
  const shutdown = new Shutdown();
  shutdown.listen();
  const progress = createProgress({ write });
  try {
    const setting = await progress.step("start", async () => {
      const standIn = await startStandInProcess();
      await shutdown.add(() => standIn.stop());
      const workers = await startWorkers(at("worker/octopool.ts"), varsFor(standIn.url));
      await shutdown.add(() => workers.stop());
      return Setting.make(workers, standIn);
    });
    const findings: Finding[] = [];
    for (const bar of bars) {
      const run = BARS.get(bar);
      if (run === undefined) continue;
      const before = await readProcessorTime();
      const measured = async () => {
        const found = await run(setting).catch((error: unknown) => [broken(bar, error)]);
        stolen.set(bar, stolenShare(before, await readProcessorTime()));
        return found;
      };
      const note = () => inWords(stolen.get(bar) ?? 0);
      findings.push(...(await progress.step(typeof bar === "string" ? bar : `bar ${bar}`, measured, note)));
      if (shutdown.signal.aborted) break;
    }
    return findings;
  } finally {
    await shutdown.end();
  }
}

/** A bar that could not be measured is not met, and the others still are measured. */
function broken(bar: Finding["bar"], error: unknown): Finding {
  const what = (error instanceof Error ? error.message : String(error)).slice(0, 100);
  return { bar, what, ours: "failed", floor: "", share: "", threshold: "", isMet: false, raw: failureText(error) };
}

async function versions(): Promise<Readonly<Record<string, string>>> {
  const packages = ["workerd", "miniflare"] as const;
  const texts = await Promise.all(packages.map((name) => readFile(at(`../node_modules/${name}/package.json`), "utf8")));
  const read = (text: string | undefined) => (JSON.parse(text ?? "{}") as { readonly version?: string }).version ?? "";
  return { node: process.version, workerd: read(texts[0]), miniflare: read(texts[1]) };
}

async function save(findings: readonly Finding[]): Promise<string> {
  const machine = { cpus: cpus().map(({ model }) => model), loadBefore: LOAD_BEFORE };
  const setting = { connections: CONNECTIONS, upstreamLatencyMs: LATENCY_MS, ...machine };
  const stolenShares = Object.fromEntries(stolen);
  const report = { date: new Date().toISOString(), versions: await versions(), setting, stolenShares, findings };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await mkdir(at(RESULTS), { recursive: true });
  await writeFile(at(`${RESULTS}/latest.json`), text);
  return text;
}

/** Work of other programs slows both sides, but not equally: figures of a busy machine prove little. */
function machineNote(): string {
  if (LOAD_BEFORE < 0.5) return "";
  return `The machine was busy before this run (load ${LOAD_BEFORE.toFixed(1)} on ${cpus().length} cores).\n`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const bars = chosenBars(positionals);
const findings = await measure(bars, (text) => (values.json ? process.stderr : process.stdout).write(text));
const report = await save(findings);
process.stderr.write(machineNote() + stolenNote(stolen));
process.stdout.write(values.json ? report : `\n${renderTable(findings)}\n\nAll figures: bench/results/latest.json\n`);
process.exit(findings.every(({ isMet }) => isMet) ? 0 : 1);
