/** `octopool stats --local`: who answered gh's requests on this machine. */
import { NoResults, UsageProblem } from "../exit.ts";
import type { Io } from "../io.ts";
import type { Machine } from "../machine.ts";
import { readUsage } from "./local-usage.ts";
import { stateDirectory } from "./state-directory.ts";

export interface UsageAsk {
  readonly since: string;
  readonly json: boolean;
  readonly io: Io;
  readonly machine: Machine;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

export function showLocalUsage({ since, json, io, machine }: UsageAsk): void {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(since) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (Number.isNaN(milliseconds)) {
    throw new UsageProblem(`"${since}" is no window of time.`, "octopool stats --local --since 24h");
  }
  const counts = readUsage(stateDirectory(machine), machine.now() - milliseconds);
  const rows = Object.entries(counts)
    .map(([what, requests]) => ({ by: what.split(" ")[0] ?? what, what: what.split(" ").slice(1).join(" "), requests }))
    .toSorted((left, right) => right.requests - left.requests);
  if (json) return io.json({ since, requests: rows });
  if (rows.length === 0) throw new NoResults(`octopool gh was not used on this machine in the last ${since}.`);
  io.table(
    ["ANSWERED BY", "HOW", "REQUESTS"],
    rows.map(({ by, what, requests }) => [NAMES[by] ?? by, what.replaceAll("_", " "), requests]),
  );
}

/** What the first words of the counts mean. */
const NAMES: Readonly<Record<string, string>> = {
  relay: "relay",
  direct: "GitHub",
  fallback: "GitHub, after the relay",
  refused: "nobody",
};
