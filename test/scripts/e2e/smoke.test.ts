/** The smoke test against a local Worker, behind what stands for its TLS proxy; and that it fails where it should. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asking } from "../../../scripts/e2e/ask.ts";
import { readSmokeTarget, runSmoke } from "../../../scripts/e2e/run.ts";
import { ensureBuilt } from "../../../scripts/build-worker.ts";
import { startLocalWorker, type LocalWorker } from "../../../scripts/local-worker.ts";
import { LOCAL_POOL, seedLocal } from "../../../scripts/local-seed.ts";
import { standInWorld } from "../../../scripts/local-world.ts";
import { startStandIn } from "../../github/server.ts";

const PATIENCE_MS = 180_000;
const ADMIN_TOKEN = "smoke-admin-token-0123456789";
const HOSTS = { origin: "https://relay.example", installOrigin: "https://get.relay.example" };

let place = "";
let standIn: Awaited<ReturnType<typeof startStandIn>>;
let worker: LocalWorker;
let token = "";

beforeAll(async () => {
  await ensureBuilt();
  place = await mkdtemp(join(tmpdir(), "octopool-smoke-"));
  standIn = await startStandIn({ port: 0 });
  const world = standInWorld(standIn.url);
  worker = await startLocalWorker({
    port: 0,
    stateDir: place,
    vars: { ...world.vars, APP_ORIGIN: HOSTS.origin, PUBLIC_HOST: "get.relay.example", TRUST_PROXY: "1" },
    secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken },
    log: () => undefined,
  });
  // Seeded as its own proxy would: this machine speaks plain http to it.
  const send: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), "x-forwarded-proto": "https" } });
  const seeded = await seedLocal({ url: worker.url, adminToken: ADMIN_TOKEN, world, earlier: undefined, fetch: send });
  token = seeded.callerToken;
}, PATIENCE_MS);

afterAll(async () => {
  await worker.stop();
  await standIn.close();
  await rm(place, { recursive: true, force: true });
});

async function smoke(target: Parameters<typeof runSmoke>[0]) {
  const lines: string[] = [];
  const ask = asking({ behindProxy: Number(new URL(worker.url).port) });
  const failed = await runSmoke(target, ask, (line) => lines.push(line));
  return { failed, lines, wrong: lines.filter((line) => !line.startsWith("ok ")) };
}

describe("npm run e2e", { timeout: PATIENCE_MS }, () => {
  it("passes of a deployment with two hosts, a relayed read and all", async () => {
    const { wrong, lines } = await smoke({ ...HOSTS, token, pool: LOCAL_POOL, repository: "octocat/hello-world" });
    expect(wrong).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each([
    {
      name: "another host than the deployment's",
      target: { origin: "https://other.example" },
      named: /discovery names this host: expected api_base/,
    },
    {
      name: "a token that opens nothing",
      target: { ...HOSTS, token: "op_nobody" },
      named: /one read is relayed.+saw 401/,
    },
    {
      name: "a repository that is not there",
      target: { ...HOSTS, repository: "octocat/nothing" },
      named: /octocat\/nothing in an envelope/,
    },
  ])("fails of $name, and says so", async ({ target, named }) => {
    const { wrong } = await smoke({ token, ...target });
    expect(wrong.join("\n")).toMatch(named);
  });

  it("fails of a host that cannot be reached", async () => {
    const lines: string[] = [];
    const failed = await runSmoke({ origin: "http://127.0.0.1:1" }, asking(), (line) => lines.push(line));
    expect(failed).toBe(lines.length);
    expect(lines[0]).toContain("ECONNREFUSED");
  });
});

describe("what it asks", () => {
  it.each([
    {
      name: "an URL",
      env: { OCTOPOOL_E2E_URL: "http://127.0.0.1:8787/" },
      target: { origin: "http://127.0.0.1:8787" },
    },
    {
      name: "a host",
      env: { OCTOPOOL_E2E_HOST: "o.example", OCTOPOOL_E2E_INSTALL_HOST: "get.o.example" },
      target: { origin: "https://o.example", installOrigin: "https://get.o.example" },
    },
  ])("is $name", ({ env, target }) => {
    expect(readSmokeTarget(env)).toMatchObject(target);
  });

  it.each([{}, { OCTOPOOL_E2E_URL: "o.example" }, { OCTOPOOL_E2E_URL: "https://o.example/x" }])(
    "must be given: %j",
    (env) => {
      expect(() => readSmokeTarget(env)).toThrow(/OCTOPOOL_E2E_URL/);
    },
  );
});
