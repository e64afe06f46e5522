/** Bar 14: random tokens and pool names cost at most a read of D1 each, none past the limit, and no caller's memo. */
import { randomBytes } from "node:crypto";
import type { Timed } from "../connection.ts";
import type { Finding } from "../finding.ts";
import { runLoad } from "../load.ts";
import { makeFresh } from "../questions.ts";
import { POOL, Simulation } from "../simulation.ts";

const GUESSES = 10_000;
const CONNECTIONS = 32;
/** After so many failures a minute an address is answered from memory. */
const LIMIT = 20;

export function guessTokens(): Promise<readonly Finding[]> {
  return Simulation.run({}, async (simulation) => {
    const path = `${simulation.setting.newRepository()}/pulls/1`;
    await simulation.setting.setAnonymousQuota("ample");
    await makeFresh(simulation.setting, [path]);
    await simulation.ask(path);
    const { callers } = await simulation.counts();
    const spread = await guess(simulation, (n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    const { callers: remembered } = await simulation.counts();
    const alone = await guess(simulation, () => "192.0.2.1");
    const common = { bar: 14, floor: "", share: "" };
    return [
      {
        ...common,
        what: `${GUESSES} guesses, each from an address of its own`,
        ours: `${spread} reads of D1`,
        threshold: `<= ${GUESSES}`,
        isMet: spread <= GUESSES,
        raw: { spread },
      },
      {
        ...common,
        what: "callers remembered before and after them",
        ours: `${callers}, ${remembered}`,
        threshold: "all",
        isMet: callers > 0 && remembered === callers,
        raw: { callers, remembered },
      },
      {
        ...common,
        what: `${GUESSES} guesses from one address`,
        ours: `${alone} reads of D1`,
        threshold: `<= ${LIMIT}`,
        isMet: alone <= LIMIT,
        raw: { alone },
      },
    ];
  });
}

/** Every second names a random pool as well. All are refused. */
async function guess(simulation: Simulation, addressOf: (n: number) => string): Promise<number> {
  const { port } = simulation.setting;
  let asked = 0;
  const next = () => {
    if (asked === GUESSES) return undefined;
    asked += 1;
    const pool = asked % 2 === 0 ? POOL : `pool-${randomBytes(6).toString("hex")}`;
    const body = JSON.stringify({ pool, method: "GET", path: "/repos/bench/repo-1" });
    const headers = [
      `host: 127.0.0.1:${port}`,
      `authorization: Bearer op_${randomBytes(32).toString("base64url")}`,
      `cf-connecting-ip: ${addressOf(asked)}`,
      "content-type: application/json",
      `content-length: ${body.length}`,
    ];
    return Buffer.from(`POST /v1/github/request HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`);
  };
  const load = { port, connections: CONNECTIONS, next, check: mustBeRefused, forMs: 600_000 };
  const reads = await readsOf(simulation, () => runLoad(load));
  if (asked < GUESSES) throw new Error(`only ${asked} guesses were made in the time`);
  return reads;
}

async function readsOf(simulation: Simulation, work: () => Promise<unknown>): Promise<number> {
  const before = await simulation.counts();
  await work();
  return (await simulation.counts()).reads - before.reads;
}

function mustBeRefused({ status }: Timed): void {
  if (status !== 401) throw new Error(`401 was expected, and ${status} came`);
}
