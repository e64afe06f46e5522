import { beforeEach, describe, expect, it } from "vitest";
import { windowSeconds } from "../../../server/http/pools.ts";
import { setIdentityStatus } from "../../../server/store/identities.ts";
import { writeAuditBatch } from "../../../server/store/audit.ts";
import { anAct, anAuditRow } from "../store/rows.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
beforeEach(async () => {
  relay = new TestRelay();
  await relay.github.reset();
});

async function read(path: string, token = relay.callerToken) {
  const response = await relay.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { error?: { code: string } },
  };
}

describe("a pool's health", () => {
  it("counts active identities whose secret is there", async () => {
    await relay.seed({ identities: ["pat_alice", "pat_bob"] });
    await relay.addIdentity("pat_carol"); // PAT_CAROL is no secret of this server
    expect((await read(`/v1/pools/${POOL}/health`)).body).toMatchObject({
      pool: POOL,
      identities_total: 3,
      identities_healthy: 2,
    });
    await setIdentityStatus(relay.db, { poolId: POOL, id: "pat_bob", status: "paused" }, anAct());
    expect((await read(`/v1/pools/${POOL}/health`)).body).toMatchObject({ identities_total: 3, identities_healthy: 1 });
  });

  it.each(["finance", "team%2Fa"])("of %s, which the caller does not have, is invalid_auth", async (pool) => {
    await relay.seed();
    expect(await read(`/v1/pools/${pool}/health`)).toMatchObject({
      status: 401,
      body: { error: { code: "invalid_auth" } },
    });
  });
});

describe("stats", () => {
  const rows = (count: number, changes: Parameters<typeof anAuditRow>[0]) =>
    Array.from({ length: count }, () => anAuditRow({ at: Date.now() - 60_000, ...changes }));

  it("tell the caller's own clients apart and nobody else's", async () => {
    await relay.seed();
    const all = [
      ...rows(3, {}),
      ...rows(2, { clientName: "ci" }),
      ...rows(4, { callerId: "gh_102", clientName: "bobs-host" }),
    ];
    await writeAuditBatch(relay.db, { isolateId: "i", sequence: 1, rows: all, lost: 0, at: Date.now() });
    const { body } = await read(`/v1/pools/${POOL}/stats?client=ci&since=2d`);
    expect(body).toMatchObject({
      window: { label: "2d", seconds: 172_800 },
      client_filter: "ci",
      pool_usage: { requests: 9 },
      caller_usage: { requests: 5 },
      client_usage: { requests: 2 },
      clients: [
        { client_name: "laptop", requests: 3 },
        { client_name: "ci", requests: 2 },
      ],
    });
    expect(JSON.stringify(body)).not.toContain("bobs-host");
  });

  it("count what the relay served", async () => {
    await relay.seed();
    for (let ask = 0; ask < 3; ask += 1) await relay.ask("/repos/acme/widget");
    const { body } = await read(`/v1/pools/${POOL}/stats`);
    expect(body).toMatchObject({ caller_usage: { requests: 3, cache_hits: 2, cache_misses: 1, backend_requests: 1 } });
    expect(body).toMatchObject({ cache: { total_entries: 1, fresh_entries: 1 } });
  });

  it("of no readable window are refused", async () => {
    await relay.seed();
    expect(await read(`/v1/pools/${POOL}/stats?since=31d`)).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_window" } },
    });
  });
});

describe("a window", () => {
  it.each([
    { label: "1m", seconds: 60 },
    { label: "30m", seconds: 1_800 },
    { label: "24h", seconds: 86_400 },
    { label: "30d", seconds: 2_592_000 },
    { label: "720h", seconds: 2_592_000 },
    { label: "0m", seconds: undefined },
    { label: "31d", seconds: undefined },
    { label: "721h", seconds: undefined },
    { label: "24", seconds: undefined },
    { label: "1.5h", seconds: undefined },
    { label: "-1h", seconds: undefined },
    { label: "24H", seconds: undefined },
    { label: " 24h", seconds: undefined },
    { label: "yesterday", seconds: undefined },
  ])("of $label has $seconds seconds", ({ label, seconds }) => {
    expect(windowSeconds(label)).toBe(seconds);
  });
});
