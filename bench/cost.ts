/** `npm run cost`: what a hit, a miss and a sweep cost in Cloudflare's units, counted over the real Worker here. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "../scripts/build-worker.ts";
import { LOCAL_POOL, seedLocal } from "../scripts/local-seed.ts";
import { startLocalWorker } from "../scripts/local-worker.ts";
import { standInWorld } from "../scripts/local-world.ts";
import { bundleWorker } from "./bundle.ts";
import { startStandInProcess } from "./stand-in.ts";
import type { Counts } from "./counts.ts";

const ADMIN_TOKEN = "cost-admin-token-0123456789";
const MISSES = 200;
const HITS_EACH = 10;
const CONNECTIONS = 20;
/** Past an isolate's flush. */
const FLUSHED_MS = 1_500;
const AMPLE = { limit: 1_000_000, remaining: 1_000_000 };

await ensureBuilt();
const place = await mkdtemp(join(tmpdir(), "octopool-cost-"));
const standIn = await startStandInProcess();
const world = standInWorld(standIn.url);
const contents = await bundleWorker(fileURLToPath(new URL("worker/cost.ts", import.meta.url)));
await standIn.client.setAnonymousQuota("core", AMPLE);
const worker = await startLocalWorker({
  port: 0,
  stateDir: place,
  vars: { ...world.vars, PUBLIC_REPO_TTL_SECONDS: "900" },
  secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken },
  instrument: ({ modules: _built, modulesRoot: _root, assets: _assets, ...rest }) => ({
    ...rest,
    modules: [{ type: "ESModule", path: "cost.mjs", contents }],
  }),
});
try {
  const { callerToken } = await seedLocal({
    url: worker.url,
    adminToken: ADMIN_TOKEN,
    world: { ...world, identities: [] },
    earlier: undefined,
  });
  const paths = Array.from({ length: MISSES }, (_, at) => `/repos/octocat/hello-world/pulls/${at + 1}`);
  await counted();
  await readAll(paths, callerToken);
  show("a miss", await counted(), MISSES);
  await readAll(Array.from({ length: HITS_EACH }, () => paths).flat(), callerToken);
  show("a hit", await counted(), MISSES * HITS_EACH);
  await worker.sweep();
  show("a sweep", await counted(), 1);
  await (await fetch(`${worker.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).arrayBuffer();
  show("a scrape", await counted(), 1);
} finally {
  await worker.stop();
  await standIn.stop();
  await rm(place, { recursive: true, force: true });
}

async function readAll(paths: readonly string[], token: string): Promise<void> {
  const left = [...paths];
  const work = async () => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const response = await fetch(`${worker.url}/v1/github/request`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ pool: LOCAL_POOL, method: "GET", path }),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

async function counted(): Promise<Counts> {
  await sleep(FLUSHED_MS);
  return (await (await fetch(`${worker.url}/__cost`)).json()) as Counts;
}

function show(what: string, counts: Counts, of: number): void {
  const cells = Object.entries(counts).map(([name, count]) => `${name} ${(Number(count) / of).toFixed(2)}`);
  process.stdout.write(`${what.padEnd(9)} ${cells.join("  ")}\n`);
}
