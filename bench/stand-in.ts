/** The stand-in GitHub as a process of its own: its work must not be taken for the relay's. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { guardChildren } from "../scripts/guardian.ts";
import { StandInClient, type LogEntry } from "../test/github/client.ts";

/** Milliseconds that the stand-in adds to every answer: a plausible GitHub. */
export const LATENCY_MS = 80;

export interface StandInProcess {
  readonly url: string;
  readonly client: StandInClient;
  stop(): Promise<void>;
}

/** Upstream calls since the log was cleared. Proofs of visibility, and who a caller is, are counted apart. */
export interface UpstreamCalls {
  readonly reads: readonly LogEntry[];
  readonly proofs: number;
}

const MAIN = fileURLToPath(new URL("../test/github/main.ts", import.meta.url));
const PROOF = /^\/repos\/[^/]+\/[^/]+$/;
const NO_READ = /^\/(user|graphql|users\/[^/]+|orgs\/.*)$/;

export async function startStandInProcess(): Promise<StandInProcess> {
  const guardian = guardChildren(MAIN);
  const child = spawn(process.execPath, [MAIN, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const ended = once(child, "exit");
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error("the stand-in GitHub did not start"))),
  ])) as [Buffer];
  const url = line.toString().trim();
  const stop = async () => {
    child.kill();
    await ended;
    await guardian.dismiss();
  };
  return { url, client: new StandInClient(url), stop };
}

export async function upstreamCalls(client: StandInClient): Promise<UpstreamCalls> {
  const log = await client.log();
  return {
    reads: log.filter(({ path }) => !PROOF.test(path) && !NO_READ.test(path)),
    proofs: log.filter(({ path }) => PROOF.test(path)).length,
  };
}
