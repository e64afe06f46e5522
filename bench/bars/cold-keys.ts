/** Bar 5: many cold keys with the anonymous quota gone. */
import { perSecond, percent, type Finding } from "../finding.ts";
import { runLoad, type Measured } from "../load.ts";
import { mustBeOk, oncePerPath } from "../questions.ts";
import type { Setting } from "../setting.ts";
import { upstreamCalls } from "../stand-in.ts";
import { median } from "../statistics.ts";
import { tokenOf } from "../../test/github/client.ts";

const KEYS = 500;
const CONCURRENCY = 20;
const REPOSITORIES = 10;
const ROUNDS = 3;
const LEAST_PER_SECOND = 90;

interface Round {
  readonly measured: Measured;
  readonly pooled: number;
  readonly anonymous: number;
  readonly proofs: number;
}

export async function fillColdKeys(setting: Setting): Promise<readonly Finding[]> {
  await setting.spendAnonymousQuota();
  const rounds: Round[] = [];
  const floors: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(await fillOnce(setting));
    floors.push(await askStandIn(setting));
  }
  const rate = median(rounds.map(({ measured }) => measured.perSecond));
  const floor = median(floors.map((measured) => measured.perSecond));
  const counts = rounds.map(({ pooled, anonymous }) => `${pooled}+${anonymous}`).join(", ");
  const proofs = rounds.map((each) => each.proofs).join(", ");
  return [
    {
      bar: 5,
      what: `${KEYS} cold keys; floor: GitHub asked directly`,
      ours: perSecond(rate),
      floor: perSecond(floor),
      share: percent(rate / floor),
      threshold: `>= ${LEAST_PER_SECOND}/s`,
      isMet: rate >= LEAST_PER_SECOND,
      raw: { rounds, floors },
    },
    {
      bar: 5,
      what: "upstream reads, with a PAT + anonymous",
      ours: `${counts} (proofs ${proofs})`,
      floor: "",
      share: "",
      threshold: `${KEYS}+0`,
      isMet: rounds.every(({ pooled, anonymous }) => pooled === KEYS && anonymous === 0),
      raw: { rounds },
    },
  ];
}

async function fillOnce(setting: Setting): Promise<Round> {
  const { client } = setting.standIn;
  await client.clearLog();
  const perRepository = KEYS / REPOSITORIES;
  const paths = Array.from({ length: REPOSITORIES }, () => setting.newRepository()).flatMap((repository) =>
    Array.from({ length: perRepository }, (_, index) => `${repository}/pulls/${index + 1}`),
  );
  const load = { port: setting.port, connections: CONCURRENCY, check: mustBeOk, forMs: 60_000 };
  const measured = await runLoad({ ...load, next: oncePerPath(setting, paths) });
  const { reads, proofs } = await upstreamCalls(client);
  const anonymous = reads.filter(({ credential }) => credential === "anonymous").length;
  return { measured, pooled: reads.length - anonymous, anonymous, proofs };
}

/** As many reads of the stand-in with a PAT: what its latency and its own work allow. */
async function askStandIn(setting: Setting): Promise<Measured> {
  const { host, port } = new URL(setting.standIn.url);
  const repository = setting.newRepository();
  let asked = 0;
  const next = () => {
    if (asked === KEYS) return undefined;
    const path = `${repository}/pulls/${++asked}`;
    const headers = `host: ${host}\r\nuser-agent: octopool-bench\r\nauthorization: Bearer ${tokenOf("alice")}\r\n`;
    return Buffer.from(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
  };
  return runLoad({ port: Number(port), connections: CONCURRENCY, next, check: mustBeOk, forMs: 60_000 });
}
