/** Plays a day against a relay that begins it empty, and has warmed up when the measured hours begin. */
import { fileURLToPath } from "node:url";
import { post, put } from "./doors.ts";
import { startWorkers, type Workers } from "../miniflare.ts";
import { varsFor } from "../setting.ts";
import { PLAYED_FROM } from "./day.ts";
import type { UpstreamCall } from "./github.ts";
import type { Read } from "./reads.ts";
import type { PlayedRead } from "./score.ts";
import { TOKENS, WEBHOOK_SECRET, type Played, type Step } from "./step.ts";
import { OWNER, type World } from "./world.ts";

const ENTRY = fileURLToPath(new URL("../worker/replay.ts", import.meta.url));
const STEPS_AT_ONCE = 250;
const POOL = "maintainers";

export interface PlayedDay {
  readonly played: readonly PlayedRead[];
  readonly calls: readonly UpstreamCall[];
}

/** @param hears whether GitHub's events reach the relay. Nothing here takes the time that the model says. */
export async function playDay(world: World, reads: readonly Read[], hears: boolean): Promise<PlayedDay> {
  const vars: Readonly<Record<string, string>> = {
    ...varsFor("http://127.0.0.1:9"), // nothing listens: every call is answered by the model
    DEFAULT_ALLOWED_OWNERS: OWNER,
    CONFIG_TTL_SECONDS: "30",
    PUBLIC_REPO_TTL_SECONDS: "30",
    PAT_ALICE: TOKENS.alice,
    PAT_BOB: TOKENS.bob,
    OCTOPOOL_GITHUB_ORG_TOKEN: TOKENS.reader,
    GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
  };
  const workers = await startWorkers(ENTRY, vars);
  try {
    const token = await prepare(workers, vars["OCTOPOOL_ADMIN_TOKEN"] ?? "");
    const steps = inOrder(world, reads, hears);
    const played: (Played | null)[] = [];
    for (let from = 0; from < steps.length; from += STEPS_AT_ONCE) {
      const some = steps.slice(from, from + STEPS_AT_ONCE);
      played.push(...((await post(workers, "/__bench/play", undefined, { steps: some, token })) as (Played | null)[]));
    }
    const answers = played.filter((each) => each !== null);
    const calls = (await post(workers, "/__bench/calls", undefined, {})) as readonly UpstreamCall[];
    return { played: reads.map((read, index) => ({ read, ...answerAt(answers, index) })), calls };
  } finally {
    await workers.stop();
  }
}

function answerAt(answers: readonly Played[], index: number): Played {
  const answer = answers[index];
  if (answer === undefined) throw new RangeError(`read ${index} was not answered`);
  return answer;
}

function inOrder(world: World, reads: readonly Read[], hears: boolean): readonly Step[] {
  const asked = reads.map(({ at, path, isGate }): Step => ({ kind: "read", at, path, isGate }));
  if (!hears) return asked;
  const hook = { type: "Organization", active: true, events: ["*"] };
  const ping: Step = {
    kind: "event",
    at: PLAYED_FROM,
    event: "ping",
    id: "ping",
    payload: { hook, organization: { login: OWNER } },
  };
  const told = world.told.map(({ at, event, payload }, index): Step => ({
    kind: "event",
    at,
    event,
    id: `d-${index}`,
    payload,
  }));
  return [ping, ...[...told, ...asked].toSorted((left, right) => left.at - right.at)];
}

/** Two identities and a caller whose budgets never run out. */
async function prepare(workers: Workers, adminToken: string): Promise<string> {
  for (const login of ["alice", "bob"]) {
    const identity = { id: `pat_${login}`, kind: "pat", login, secret_ref: `PAT_${login.toUpperCase()}` };
    await post(workers, `/v1/admin/pools/${POOL}/identities`, adminToken, { ...identity, scopes: [{ owner: "*" }] });
  }
  const exchange = { github_token: TOKENS.carol, pool: POOL, client_name: "replay" };
  const { token } = (await post(workers, "/v1/login/github-cli", undefined, exchange)) as { token: string };
  const policy = {
    allowed_owners: [OWNER],
    allow_public_repos: true,
    allow_search: false,
    allow_logs: true,
    max_concurrent_per_caller: 1000,
    fills_per_hour_per_caller: 1_000_000,
    negative_proofs_per_hour_per_caller: 60,
  };
  await put(workers, `/v1/admin/pools/${POOL}`, adminToken, { policy });
  return token;
}
