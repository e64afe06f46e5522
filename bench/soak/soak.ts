/** The whole of a soak: load, faults one after another, and the account at its end. Ends by itself. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureBuilt } from "../../scripts/build-worker.ts";
import { freePort } from "../../scripts/ports.ts";
import type { StandInClient } from "../../test/github/client.ts";
import { startStandInProcess } from "../stand-in.ts";
import { type LostRows, sortLost } from "./lost-rows.ts";
import { type Fault, FAULTS } from "./phases.ts";
import { Published } from "./published.ts";
import { seededRandom } from "./random.ts";
import { SECRETS, SoakedRelay } from "./relay.ts";
import { requestsOf, Tally } from "./tally.ts";
import { CANARY, Client, PRIVATE_PATH, publishing, type TrafficDeps } from "./traffic.ts";

const CLIENTS = 10;
/** Ordinary pulls, and two whose bodies are too large for a row and lie in R2. */
const PATHS = [
  ...Array.from({ length: 20 }, (_, at) => `/repos/octocat/hello-world/pulls/${1_300 + at}`),
  ...Array.from({ length: 8 }, (_, at) => `/repos/acme/widget/pulls/${10 + at}`),
  "/repos/acme/widget/pulls/9001",
  "/repos/acme/widget/pulls/9002",
];
const SETTLING_MS = 6_000;

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly tally: Tally;
  readonly lost: LostRows;
  /** What the relay itself says that it lost. */
  readonly toldLost: number;
}

export async function soak({ seconds, seed, say }: SoakOptions): Promise<SoakReport> {
  await ensureBuilt(); // its migrations and its configuration
  const place = await mkdtemp(join(tmpdir(), "octopool-soak-"));
  const standIn = await startStandInProcess();
  const tally = new Tally();
  let relay: SoakedRelay | undefined;
  try {
    await prepare(standIn.client);
    const onLog = (message: string) => {
      for (const secret of SECRETS)
        if (message.includes(secret)) tally.addLeak(`the log holds ${secret.slice(0, 12)}…`);
    };
    const port = (await freePort(0)) ?? 0;
    relay = await SoakedRelay.open({ standInUrl: standIn.url, stateDir: join(place, "state"), port, onLog });
    const published = new Published(standIn.client, PATHS);
    await published.publishAll();
    await playPhases({ relay, published, github: standIn.client, tally, seconds, random: seededRandom(seed), say });
    return await account(relay, tally);
  } finally {
    await relay?.stop();
    await standIn.stop();
    await rm(place, { recursive: true, force: true });
  }
}

async function prepare(github: StandInClient): Promise<void> {
  const ample = { limit: 1_000_000, remaining: 1_000_000 };
  await github.setAnonymousQuota("core", ample);
  for (const login of ["alice", "bob", "org-reader"]) await github.setQuota(login, "core", ample);
  await github.script([{ path: PRIVATE_PATH, credential: "alice", body: { number: 1, state: "open", title: CANARY } }]);
}

interface Play {
  readonly relay: SoakedRelay;
  readonly published: Published;
  readonly github: StandInClient;
  readonly tally: Tally;
  readonly seconds: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

async function playPhases({ relay, published, github, tally, seconds, random, say }: Play): Promise<void> {
  const [first] = FAULTS;
  let fault: Fault = first;
  let isOver = false;
  tally.enter(first.name);
  const deps: TrafficDeps = { relay, published, tally, random, phase: () => fault, isOver: () => isOver };
  const load = [...Array.from({ length: CLIENTS }, () => new Client(deps).run()), publishing(deps)];
  const lastsMs = (seconds * 1000) / FAULTS.length;
  try {
    for (const [index, next] of FAULTS.entries()) {
      fault = next;
      if (index > 0) tally.enter(next.name);
      let isPhaseOver = false;
      const stage = { github, relay, isOver: () => isPhaseOver };
      await next.begin(stage);
      const going = next.during?.(stage);
      await sleep(lastsMs);
      isPhaseOver = true;
      await going;
      await next.end(stage);
      say(
        `${next.name.padEnd(24)} ${String(requestsOf(tally.phase)).padStart(7)} requests, ${tally.wrongCount} wrong so far`,
      );
    }
  } finally {
    isOver = true;
    await Promise.all(load);
  }
}

/** Rows that answers owe and the database lacks, once it has had time to take them. */
async function account(relay: SoakedRelay, tally: Tally): Promise<SoakReport> {
  const until = performance.now() + SETTLING_MS;
  let lost: LostRows;
  do {
    await sleep(300);
    const rows = new Set(await relay.column("SELECT request_id FROM audit_events"));
    lost = sortLost(
      tally.answered.filter(({ id }) => !rows.has(id)),
      relay.killedAt,
    );
  } while (lost.unexplained.length > 0 && performance.now() < until);
  const [told = 0] = await relay.column("SELECT coalesce(sum(lost), 0) FROM audit_batches");
  return { tally, lost, toldLost: Number(told) };
}
