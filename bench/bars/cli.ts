/** What `octopool gh` adds to `gh`: start-up, mostly. Plain gh asks the stand-in, ours a warm relay, in turns. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildBundle } from "../../scripts/release/bundle.ts";
import { buildExecutable } from "../../scripts/release/executable.ts";
import { ownTarget } from "../../scripts/release/targets.ts";
import { installedGh, openPlayground } from "../../test/cli/gh/support/playground.ts";
import { inMs, type Finding } from "../finding.ts";

const RUNS = 20;
const WORDS = ["api", "repos/octocat/hello-world/pulls/1347", "--silent"];
const STARTER = join(import.meta.dirname, "../../bin/octopool.cjs");

interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that it may add; undefined: it is what the others are compared with. */
  readonly limitMs: number | undefined;
}

/** The npm package is the starter and the bundle in one folder, as in this one. */
export async function addToGh(): Promise<readonly Finding[]> {
  const target = ownTarget();
  if (installedGh() === undefined || target === undefined)
    throw new Error("gh is not installed, or no target is this machine");
  const bundle = await buildBundle();
  const executable = await buildExecutable(target, bundle);
  const play = await openPlayground();
  try {
    const own = { ...(await play.ownEnvironment(play.relayUrl)), OCTOPOOL_QUIET_CACHE: "1" };
    const contestants: readonly Contestant[] = [
      { name: "gh", command: ["gh"], env: play.plainEnvironment(), limitMs: undefined },
      { name: "single-file executable", command: [executable, "gh"], env: own, limitMs: 60 },
      { name: "npm package", command: [process.execPath, STARTER, "gh"], env: own, limitMs: 110 },
    ];
    return toFindings(await race(contestants));
  } finally {
    await play.close();
  }
}

/** In turns, so that what else the machine does falls on all alike; the first two of each fill the caches. */
async function race(contestants: readonly Contestant[]): Promise<ReadonlyMap<Contestant, readonly number[]>> {
  const times = new Map(contestants.map((each) => [each, [] as number[]]));
  for (let round = -2; round < RUNS; round += 1) {
    for (const contestant of contestants) {
      const took = await timed(contestant);
      if (round >= 0) times.get(contestant)?.push(took);
    }
  }
  return times;
}

function timed({ command: [program = "", ...words], env }: Contestant): Promise<number> {
  const started = performance.now();
  const child = spawn(program, [...words, ...WORDS], { env, stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(performance.now() - started);
      else reject(new Error(`${program} exited with ${code}: ${complaints}`));
    });
  });
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

function toFindings(times: ReadonlyMap<Contestant, readonly number[]>): readonly Finding[] {
  const plain = [...times].find(([{ limitMs }]) => limitMs === undefined)?.[1] ?? [];
  return [...times].flatMap(([{ name, limitMs }, taken]) => {
    if (limitMs === undefined) return [];
    const added = median(taken) - median(plain);
    return [
      {
        bar: "cli" as const,
        what: `octopool gh as ${name}, added to gh`,
        ours: inMs(added),
        floor: inMs(median(plain)),
        share: "",
        threshold: `≤ ${limitMs} ms`,
        isMet: added <= limitMs,
        raw: { ours: taken, plain },
      },
    ];
  });
}
