/** `npm run soak`: load with faults one after another; `-- --kills N` kills npm run serve at N random moments instead. */
import { parseArgs } from "node:util";
import { failureText, Problem } from "../../scripts/problem.ts";
import { killAtRandom } from "./kills.ts";
import type { LostRows } from "./lost-rows.ts";
import { seededRandom } from "./random.ts";
import { soak, type SoakReport } from "./soak.ts";
import { requestsOf } from "./tally.ts";

const HELP = `npm run soak [-- options]: mixed load on this machine, with faults one after another

  --seconds N  how long; 300 by default
  --seed N     of the random choices, at most seven digits; told at the start, so that a run can be run again
  --kills N    instead: kill -9 of npm run serve at N random moments under load
  --help       this text
`;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string" },
      seed: { type: "string" },
      kills: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return true;
  }
  const seed = wholeNumber("--seed", values.seed) ?? Date.now() % 1_000_000;
  say(`seed ${seed}`);
  const kills = wholeNumber("--kills", values.kills);
  if (kills !== undefined) return showKills(kills, seed);
  const report = await soak({ seconds: wholeNumber("--seconds", values.seconds) ?? 300, seed, say });
  for (const line of tableOf(report)) say(line);
  return report.tally.wrongCount + report.tally.leakCount + report.lost.unexplained.length === 0;
}

async function showKills(kills: number, seed: number): Promise<boolean> {
  const report = await killAtRandom({
    kills,
    random: seededRandom(seed),
    onKill: ({ kills: so, answers }) => say(`kill ${so}: ${answers} answers so far`),
  });
  for (const sentence of [...report.wrong, ...report.lost]) say(sentence);
  say(
    `${report.kills} kills, ${report.answers} answers, ${report.wrong.length} wrong, ${report.lost.length} committed rows lost`,
  );
  return report.wrong.length + report.lost.length === 0;
}

function tableOf({ tally, lost, toldLost }: SoakReport): readonly string[] {
  const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    "",
    row("Phase", "Requests", "Longest wait", "Answers by kind"),
    row("---", "---", "---", "---"),
    ...tally.phases.map((phase) => {
      const kinds = [...phase.kinds]
        .toSorted(([, one], [, other]) => other - one)
        .map(([kind, count]) => `${kind} ${count}`);
      return row(phase.name, String(requestsOf(phase)), `${(phase.longestMs / 1000).toFixed(1)} s`, kinds.join(", "));
    }),
    "",
    row("Account", ""),
    row("---", "---"),
    row("requests", String(tally.requests)),
    ...tally.kinds().map(([kind, count]) => row(kind, String(count))),
    row("wrong answers", String(tally.wrongCount)),
    row("leaks", String(tally.leakCount)),
    row("audit rows owed", String(tally.answered.length)),
    row("lost with a killed Worker", withKillsOf(lost)),
    row("lost otherwise", `${lost.unexplained.length}; the relay tells of ${toldLost}`),
    row("longest wait", `${(tally.longestMs / 1000).toFixed(1)} s`),
    ...[...tally.wrong, ...tally.leaks].map((sentence) => `- ${sentence}`),
    ...lost.unexplained.slice(0, 20).map(({ id, phase }) => `- ${phase}: no audit row of request ${id}`),
  ];
}

function withKillsOf({ withKills, kills, longestBeforeMs }: LostRows): string {
  if (withKills === 0) return `0 in ${kills} kills`;
  return `${withKills} in ${kills} kills, the oldest answered ${longestBeforeMs} ms before its kill`;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new Problem(`${name} must be a whole number of at most seven digits, not "${text}".`);
  return Number(text);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`octopool: ${failureText(error)}\n`);
  process.exitCode = 1;
}
