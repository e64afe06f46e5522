import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentRelay, type SilentRelay } from "./support/broken-relays.ts";
import { ended, openWorkbench, type Workbench } from "./support/workbench.ts";

const PATIENCE_MS = 60_000;
const READ = ["GET", "/repos/o/r/pulls/1"];
let bench: Workbench;
let relay: SilentRelay;

beforeEach(async () => {
  bench = await openWorkbench();
  relay = await silentRelay();
}, PATIENCE_MS);
afterEach(async () => {
  await relay.close();
  await bench.close();
});

/** A run whose gh waits for an answer of the relay's that never comes. */
async function waitingRun(): Promise<{ readonly ours: ChildProcess; readonly gh: number }> {
  const ours = bench.start(["gh", ...READ], { OCTOPOOL_URL: relay.url });
  await relay.asked();
  return { ours, gh: childOf(ours.pid ?? 0) };
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
}

function processes(): readonly Listed[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parent, state = ""] = line.trim().split(/\s+/);
    return state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

const childOf = (parent: number): number => processes().find((each) => each.parent === parent)?.pid ?? 0;
const lives = (pid: number): boolean => processes().some((each) => each.pid === pid);

/** Resolves when the process is gone; the test's patience bounds it. */
async function gone(pid: number): Promise<void> {
  while (lives(pid)) await new Promise((resolve) => setImmediate(resolve));
}

const halfWritten = (): readonly string[] =>
  readdirSync(bench.home, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp"));

describe("an interrupt", { timeout: PATIENCE_MS }, () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s to ours ends gh, then us as gh ended, and leaves nothing",
    async (signal) => {
      const { ours, gh } = await waitingRun();
      const end = ended(ours);
      ours.kill(signal);
      expect(await end).toMatchObject({ code: null, signal });
      await gone(gh);
      expect(bench.runs()).toEqual([]);
      expect(halfWritten()).toEqual([]);
    },
  );

  it.each(["SIGTERM", "SIGKILL"] as const)("%s to gh ends us the same way, and leaves nothing", async (signal) => {
    const { ours, gh } = await waitingRun();
    const end = ended(ours);
    process.kill(gh, signal);
    expect(await end).toMatchObject({ code: null, signal });
    expect(bench.runs()).toEqual([]);
    expect(halfWritten()).toEqual([]);
  });

  it("SIGKILL to ours ends gh with its connection; what is left of it the next run sweeps", async () => {
    const { ours, gh } = await waitingRun();
    const end = ended(ours);
    ours.kill("SIGKILL");
    expect(await end).toMatchObject({ signal: "SIGKILL", stdout: expect.stringContaining("broken") });
    await gone(gh);
    expect(bench.runs()).toHaveLength(1);
    await bench.run(["gh", "settings"]);
    expect(bench.runs()).toEqual([]);
    expect(halfWritten()).toEqual([]);
  });

  it("a run that lives is not swept by another", async () => {
    const { ours } = await waitingRun();
    const end = ended(ours);
    await bench.run(["gh", "settings"]);
    const [place = ""] = readdirSync(join(bench.home, "runtime"));
    const [run = ""] = bench.runs();
    expect(existsSync(join(bench.home, "runtime", place, run, "s"))).toBe(true);
    ours.kill("SIGTERM");
    await end;
  });

  it("Ctrl-C on a terminal ends both, and leaves nothing", async () => {
    const settings = { ...process.env, ...bench.environment, OCTOPOOL_URL: relay.url };
    const line = `${bench.octopool} gh ${READ.join(" ")}`;
    const terminal = spawn("script", ["-qec", line, "/dev/null"], { env: settings, stdio: ["pipe", "pipe", "pipe"] });
    const end = ended(terminal);
    await relay.asked();
    const shell = childOf(terminal.pid ?? 0);
    terminal.stdin.write("\u0003");
    expect((await end).code).toBe(130);
    await gone(shell);
    expect(bench.runs()).toEqual([]);
  });
});
