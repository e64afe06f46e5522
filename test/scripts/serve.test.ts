/** `npm run serve`, as a supervisor runs it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { killAtRandom } from "../../bench/soak/kills.ts";
import { Served } from "../../bench/soak/served.ts";
import { childrenOf } from "../../bench/process-memory.ts";
import { ensureBuilt } from "../../scripts/build-worker.ts";
import { freePort } from "../../scripts/ports.ts";

const PATIENCE_MS = 180_000;

beforeAll(() => ensureBuilt(), PATIENCE_MS);

describe("npm run serve", { timeout: PATIENCE_MS }, () => {
  let place = "";
  let served: Served;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), "octopool-serve-"));
    served = new Served({ place, standInUrl: "http://127.0.0.1:9", port: (await freePort(0)) ?? 0 });
  });
  afterEach(async () => {
    await served.end("SIGKILL");
    await rm(place, { recursive: true, force: true });
  });

  it("serves on one port of loopback, sweeps a state that was never swept, and ends in order", async () => {
    await served.start();
    const response = await fetch(`${served.url}/v1/status`);
    expect([response.status, await response.json()]).toMatchObject([200, { ok: true }]);
    expect(await served.end("SIGTERM")).toBe(0);
    const runs = await served.inspect((database) =>
      database.prepare("SELECT count(*) AS n FROM housekeeping_runs").get(),
    );
    expect(runs).toEqual({ n: 1 });
  });

  it("ends with 1 when workerd ends by itself, for its supervisor to start it again", async () => {
    await served.start();
    const ended = served.ended();
    const [workerd] = await childrenOf(served.pid ?? 0, "workerd");
    process.kill(workerd ?? 0, "SIGKILL");
    expect(await ended).toBe(1);
  });

  it("lets one process use a state", async () => {
    await served.start();
    const other = new Served({ place, standInUrl: "http://127.0.0.1:9", port: (await freePort(0)) ?? 0 });
    await expect(other.start()).rejects.toThrow(/Another npm run serve uses .+state/);
  });
});

it(
  "killed outright at random moments under load, it loses no committed row and serves no wrong byte",
  { timeout: PATIENCE_MS },
  async () => {
    const moments = [0.05, 0.3, 0.6, 0.95];
    const report = await killAtRandom({ kills: moments.length, random: () => moments.shift() ?? 0 });
    expect(report).toMatchObject({ kills: 4, wrong: [], lost: [] });
    expect(report.answers).toBeGreaterThan(0);
  },
);
