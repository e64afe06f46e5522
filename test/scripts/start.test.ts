import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, LOOPBACK } from "../../scripts/ports.ts";
import type { LocalFacts } from "../../scripts/state-folder.ts";
import { Started } from "./support/started.ts";

/** The first start builds the Worker. */
const PATIENCE_MS = 120_000;
const PATH = "/repos/octocat/hello-world";

let place = "";
let port = 0;
const running: Started[] = [];

function start(...args: readonly string[]): Started {
  return startAloud("--quiet", ...args);
}

function startAloud(...args: readonly string[]): Started {
  const started = new Started(join(place, "state"), ["--port", String(port), ...args]);
  running.push(started);
  return started;
}

async function read({ url, caller_token: token }: LocalFacts): Promise<unknown> {
  const response = await fetch(`${url}/v1/github/request`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ pool: "maintainers", method: "GET", path: PATH }),
  });
  return response.json();
}

const answered = (cache: string) => ({ status: 200, body: { full_name: "octocat/hello-world" }, relay: { cache } });

/** Asks again and again what the pool demo has done, until it is something of every kind. */
async function untilPlayed({ url, caller_token: token }: LocalFacts): Promise<{ readonly cache_hits: number }> {
  for (;;) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/v1/pools/demo/stats`, { headers });
    const stats = (await response.json()) as {
      pool_usage: { cache_hits: number; cache_misses: number; fallbacks: number };
    };
    const { cache_hits: hits, cache_misses: misses, fallbacks } = stats.pool_usage;
    if (hits > 0 && misses > 0 && fallbacks > 0) return stats.pool_usage;
  }
}

/** Asks again and again: the end of a process of another's is told to nobody. The test's patience bounds it. */
async function untilFree(wanted: number): Promise<void> {
  while ((await freePort(wanted)) === undefined);
}

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "octopool-start-"));
  port = (await freePort(0)) ?? 0;
});

afterEach(async () => {
  for (const started of running.splice(0)) started.killGroup();
  await rm(place, { recursive: true, force: true });
});

describe("npm start", () => {
  it(
    "serves a miss, then hits, also after a restart, and leaves no process behind",
    { timeout: PATIENCE_MS },
    async () => {
      const first = start();
      const facts = await first.ready();
      expect(facts.url).toBe(`http://${LOOPBACK}:${port}`);
      expect(await read(facts)).toMatchObject(answered("miss"));
      expect(await read(facts)).toMatchObject(answered("hit"));
      const ended = await first.end("SIGINT");
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(first.isGroupAlive).toBe(false);
      expect(await freePort(port)).toBe(port);

      const second = start();
      const again = await second.ready();
      expect(again).toMatchObject({ caller_token: facts.caller_token, admin_token: facts.admin_token });
      expect(await read(again)).toMatchObject(answered("hit"));
      await second.end("SIGTERM");
      expect(second.isGroupAlive).toBe(false);
    },
  );

  it(
    "plays in a pool of its own, where one identity is refused and one told to wait",
    { timeout: PATIENCE_MS },
    async () => {
      const started = startAloud();
      const facts = await started.ready();
      const played = await untilPlayed(facts);
      expect(played.cache_hits).toBeGreaterThan(0);
      const headers = { authorization: `Bearer ${facts.caller_token}` };
      const health = await fetch(`${facts.url}/v1/pools/demo/health`, { headers });
      expect(await health.json()).toMatchObject({ pool: "demo", identities_total: 4, identities_healthy: 2 });
      const ended = await started.end("SIGINT");
      expect(ended).toMatchObject({ code: 0, stderr: "" });
    },
  );

  it("--fresh forgets what was cached and who was known", { timeout: PATIENCE_MS }, async () => {
    const first = start();
    const facts = await first.ready();
    await read(facts);
    await first.end("SIGINT");
    const second = start("--fresh");
    const again = await second.ready();
    expect(again.caller_token).not.toBe(facts.caller_token);
    expect(await read(again)).toMatchObject(answered("miss"));
    expect((await stat(join(place, "state/local.json"))).mode & 0o777).toBe(0o600);
    await second.end("SIGINT");
  });

  it("killed outright, it takes workerd with it", { timeout: PATIENCE_MS }, async () => {
    const started = start();
    await started.ready();
    await started.end("SIGKILL");
    await untilFree(port);
    expect(await freePort(port)).toBe(port);
  });
});

describe("npm start refuses in one line", () => {
  it("a port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, LOOPBACK, () => resolve()));
    port = (other.address() as AddressInfo).port;
    const { code, stderr } = await start().ended();
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `octopool: Port ${port} of 127.0.0.1 is taken: end what listens there, or choose another with npm start -- --port ${port + 1}.\n`,
    );
  });

  it("a state folder that is a file", async () => {
    await writeFile(join(place, "state"), "");
    const { code, stderr } = await start().ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^octopool: The state in .+ cannot be used: it is not a folder\. npm start -- --fresh .+\n$/,
    );
  });

  it("--github without a token", async () => {
    const { code, stderr } = await new Started(join(place, "state"), ["--github"], { GITHUB_TOKEN: "" }).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^octopool: --github needs GITHUB_TOKEN: .+\n$/);
  });
});
