/** Bars 6 and 7: a hundred callers of one cold key, whatever GitHub answers. */
import type { Finding } from "../finding.ts";
import { askAtOnce } from "../load.ts";
import type { Setting } from "../setting.ts";
import { LATENCY_MS, upstreamCalls } from "../stand-in.ts";
import { median } from "../statistics.ts";

const CALLERS = 100;
const ROUNDS = 5;
/** In upstream latencies, until the last of the callers is answered. */
const MEDIAN_AT_MOST = 2.5;
const WORST_AT_MOST = 3.5;

type Quota = "ample" | "gone";

interface Case {
  readonly bar: 6 | 7;
  readonly what: string;
  readonly quota: Quota;
  /** What the relay answers with HTTP. */
  readonly status: number;
  /** False: the repository's first question, so that a proof of visibility comes on top. */
  readonly isProven: boolean;
  prepare(setting: Setting, path: string): Promise<void>;
}

interface Round {
  readonly latencies: number;
  readonly reads: number;
  readonly proofs: number;
}

const asItIs = async () => undefined;
const missing = (setting: Setting, path: string) =>
  setting.standIn.client.script([{ path, status: 404, body: { message: "Not Found" } }]);
const failing = (setting: Setting, path: string) =>
  setting.standIn.client.addFault({ kind: "status", status: 502, match: { path } });

export async function fillTogether(setting: Setting): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const quota of ["ample", "gone"] as const) {
    for (const isProven of [true, false]) {
      const what = `100 together, quota ${quota}${isProven ? "" : ", new repository"}`;
      found.push(await hold(setting, { bar: 6, what, quota, status: 200, isProven, prepare: asItIs }));
    }
  }
  return found;
}

export async function failTogether(setting: Setting): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const quota of ["ample", "gone"] as const) {
    const rest = { bar: 7, quota, isProven: true } as const;
    const absent = { ...rest, what: `100 together on a 404, quota ${quota}`, status: 200, prepare: missing };
    const broken = { ...rest, what: `100 together on a 502, quota ${quota}`, status: 424, prepare: failing };
    found.push(await hold(setting, absent), await hold(setting, broken));
  }
  return found;
}

async function hold(setting: Setting, test: Case): Promise<Finding> {
  if (test.quota === "ample") await setting.setAnonymousQuota("ample");
  else await setting.spendAnonymousQuota();
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await askTogether(setting, test));
  const middle = median(rounds.map(({ latencies }) => latencies));
  const worst = Math.max(...rounds.map(({ latencies }) => latencies));
  const reads = [...new Set(rounds.map((round) => round.reads))].toSorted((left, right) => left - right);
  return {
    bar: test.bar,
    what: test.what,
    ours: `${middle.toFixed(1)} (worst ${worst.toFixed(1)}) latencies, ${reads.join("-")} read`,
    floor: "",
    share: "",
    threshold: `<= ${MEDIAN_AT_MOST} (${WORST_AT_MOST}), 1 read`,
    isMet: middle <= MEDIAN_AT_MOST && worst <= WORST_AT_MOST && rounds.every((round) => round.reads === 1),
    raw: { rounds },
  };
}

async function askTogether(setting: Setting, test: Case): Promise<Round> {
  const { client } = setting.standIn;
  const repository = setting.newRepository();
  const path = `${repository}/pulls/1`;
  if (test.isProven) await setting.read(`${repository}/pulls/2`);
  await test.prepare(setting, path);
  await client.clearLog();
  const replies = await askAtOnce(setting.port, CALLERS, setting.bytes(path));
  const other = replies.find(({ status }) => status !== test.status);
  if (other !== undefined) throw new Error(`${test.what}: ${test.status} was expected, and ${other.status} came`);
  const { reads, proofs } = await upstreamCalls(client);
  return { latencies: Math.max(...replies.map(({ ms }) => ms)) / LATENCY_MS, reads: reads.length, proofs };
}
