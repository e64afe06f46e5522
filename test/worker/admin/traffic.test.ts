/** The traffic's procedures, asked through the door. */
import { beforeEach, describe, expect, it } from "vitest";
import type { TrafficCounts, TrafficDetail, TrafficPage } from "../../../shared/dashboard/traffic.ts";
import { type AuditRow, writeAuditBatch } from "../../../server/store/audit.ts";
import { saveProof } from "../../../server/store/visibility.ts";
import { anAuditRow } from "../store/rows.ts";
import { Browser, OAUTH } from "../support/browser.ts";
import { POOL, TestRelay } from "../support/relay.ts";

let relay: TestRelay;
let browser: Browser;
let sequence = 0;
beforeEach(async () => {
  relay = await new TestRelay({ vars: OAUTH }).seed();
  browser = await new Browser(relay).signInAsOperator("alice");
});

async function write(rows: readonly Partial<AuditRow>[]): Promise<void> {
  const now = Date.now();
  const made = rows.map((row, index) => anAuditRow({ at: now - index * 1_000, requestId: `request-${index}`, ...row }));
  await writeAuditBatch(relay.db, { isolateId: "test", sequence: ++sequence, rows: made, lost: 0, at: now });
}

interface Ask {
  readonly filters?: Record<string, unknown>;
  readonly window?: unknown;
  readonly limit?: number;
  readonly cursor?: string;
}
const list = async (ask: Ask = {}) =>
  (await browser.query("traffic.list", { pool: POOL, window: "1h", ...ask })).data as TrafficPage;
const counts = async (ask: Ask = {}) =>
  (await browser.query("traffic.counts", { pool: POOL, window: "1h", ...ask })).data as TrafficCounts;
const one = async (id: number) => (await browser.query("traffic.one", { pool: POOL, id })).data as TrafficDetail;
const ids = ({ rows }: TrafficPage) => rows.map(({ requestId }) => requestId);

const MIXED: readonly Partial<AuditRow>[] = [
  { requestId: "hit", cache: "hit" },
  {
    requestId: "revalidated",
    cache: "hit",
    revalidated: true,
    backend: "github_identity",
    identityId: "pat_alice",
    upstreamCalls: 1,
    missReason: "expired",
  },
  { requestId: "stale", cache: "stale", staleReason: "revalidating", clientName: "ci" },
  {
    requestId: "miss",
    cache: "miss",
    missReason: "absent",
    backend: "github_api",
    quotaUnits: 1,
    durationMs: 400,
    routeKind: "issue_view",
  },
  {
    requestId: "home",
    cache: "unknown",
    status: 424,
    errorCode: "fallback_local",
    fallbackReason: "route_denied",
    callerId: "gh_900",
  },
  { requestId: "refused", cache: "unknown", status: 401, errorCode: "invalid_auth" },
];

describe("list", () => {
  it("is newest first, page after page, each row once", async () => {
    await write(Array.from({ length: 7 }, () => ({})));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.rows.length).toBeLessThanOrEqual(3);
      seen.push(...ids(page));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 7 }, (_, index) => `request-${index}`));
  });

  it("parts rows of one millisecond by their ids", async () => {
    const at = Date.now() - 5_000;
    await write(Array.from({ length: 4 }, (_, index) => ({ at, requestId: `same-${index}` })));
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next ?? "" });
    expect([...ids(first), ...ids(second)].toSorted()).toEqual(["same-0", "same-1", "same-2", "same-3"]);
  });

  it.each([
    { filters: { answers: ["hit"] }, found: ["hit"] },
    { filters: { answers: ["revalidated", "stale"] }, found: ["revalidated", "stale"] },
    { filters: { answers: ["fallback", "error"] }, found: ["home", "refused"] },
    { filters: { caller: "gh_900" }, found: ["home"] },
    { filters: { client: "ci" }, found: ["stale"] },
    { filters: { kind: "issue_view" }, found: ["miss"] },
    { filters: { identity: "pat_alice" }, found: ["revalidated"] },
    { filters: { backend: "github_api" }, found: ["miss"] },
    { filters: { reason: "route_denied" }, found: ["home"] },
    { filters: { reason: "invalid_auth" }, found: ["refused"] },
    { filters: { status: 401 }, found: ["refused"] },
    { filters: { spent: "yes" }, found: ["miss"] },
    { filters: { slower: 400 }, found: ["miss"] },
    { filters: { text: "refu" }, found: ["refused"] },
    { filters: { text: "ACME/Widget", answers: ["hit"] }, found: ["hit"] },
    { filters: { text: "%" }, found: [] },
    { filters: { answers: [] }, found: [] },
  ])("keeps what matches $filters", async ({ filters, found }) => {
    await write(MIXED);
    expect(ids(await list({ filters }))).toEqual(found);
  });

  it("looks at a bounded number of rows, and says how far back", async () => {
    const rows = Array.from({ length: 250 }, (_, index) => ({ at: Date.now() - index, requestId: `r${index}` }));
    for (let part = 0; part < 84; part += 1) {
      await writeAuditBatch(relay.db, {
        isolateId: "many",
        sequence: ++sequence,
        rows: rows.map((row) => anAuditRow({ ...row, at: row.at - part * 250 })),
        lost: 0,
        at: Date.now(),
      });
    }
    const page = await list({ filters: { text: "nowhere" } });
    expect(page.rows).toEqual([]);
    expect(page.lookedTo).toBeGreaterThan(Date.now() - 60_000);
    const rest = await list({ filters: { text: "nowhere" }, cursor: page.next ?? "" });
    expect([rest.rows, rest.next]).toEqual([[], null]);
  });

  it("shows no other pool's rows", async () => {
    await write([{ poolId: "another" }]);
    expect((await list()).rows).toEqual([]);
  });

  it("names callers by their login, and by their id where they are gone", async () => {
    await write([{ callerId: "gh_101" }, { callerId: "gh_900" }]);
    expect((await list()).rows.map(({ caller }) => caller)).toEqual(["alice", "gh_900"]);
  });

  it("names no repository that is not known to be public", async () => {
    const refused = {
      cache: "unknown",
      status: 424,
      errorCode: "fallback_local",
      fallbackReason: "repo_not_public",
    } as const;
    await write([
      { ...refused, routeKey: "/repos/acme/secret/pulls/{number}" },
      { routeKey: "/repos/acme/gone/pulls/{number}" },
    ]);
    const proof = { repositoryId: 1, fullName: null, etag: null, askedBy: "anonymous", checkedAt: 1, expiresAt: 2 };
    await saveProof(relay.db, { ...proof, owner: "acme", repo: "gone", public: false } as never);
    const page = await list();
    expect(page.rows.map(({ path }) => path)).toEqual([
      "/repos/{owner}/{repo}/pulls/{number}",
      "/repos/{owner}/{repo}/pulls/{number}",
    ]);
    const detail = await one(page.rows[0]?.id ?? 0);
    expect(JSON.stringify(detail)).not.toContain("secret");
  });

  it.each([
    { cursor: "x" },
    { limit: 201 },
    { filters: { status: 99 } },
    { filters: { answers: ["other"] } },
    { filters: { text: "x".repeat(201) } },
  ])("refuses %j", async (ask) => {
    const answer = await browser.query("traffic.list", { pool: POOL, window: "1h", ...ask });
    expect([answer.status, answer.refusal?.code]).toEqual([400, "invalid_request"]);
  });
});

describe("counts", () => {
  it.each(["1h", "24h"])("counts %s by answer, whatever answers are asked for", async (window) => {
    await write(MIXED);
    const all = { hit: 1, revalidated: 1, stale: 1, miss: 1, bypass: 0, fallback: 1, error: 1 };
    expect((await counts({ window })).counts).toEqual(all);
    expect((await counts({ window, filters: { answers: ["hit"] } })).counts).toEqual(all);
    expect((await counts({ window, filters: { client: "ci" } })).counts).toMatchObject({ stale: 1, hit: 0 });
    expect((await counts({ window, filters: { reason: "route_denied" } })).counts).toMatchObject({
      fallback: 1,
      error: 0,
    });
  });

  it("says that it does not know what only rows tell, over a long window", async () => {
    await write(MIXED);
    expect((await counts({ window: "24h", filters: { text: "hit" } })).counts).toBeNull();
    expect((await counts({ window: "1h", filters: { text: "hit" } })).counts).toMatchObject({ hit: 1, miss: 0 });
  });

  it("offers what was seen", async () => {
    await write(MIXED);
    const { options } = await counts();
    expect(options.callers).toContainEqual({ value: "gh_101", label: "alice" });
    expect(options.clients.map(({ value }) => value)).toContain("ci");
    expect(options.reasons.map(({ value }) => value).toSorted()).toEqual(["invalid_auth", "route_denied"]);
    expect(options.identities).toEqual([{ value: "pat_alice", label: "pat_alice" }]);
  });
});

it("newer counts what came after a row, under the filters", async () => {
  await write(MIXED);
  const { rows } = await list();
  const last = rows.at(-1);
  const ask = { pool: POOL, after: `${last?.at}.${last?.id}` };
  expect((await browser.query("traffic.newer", ask)).data).toEqual({ count: 5, isMore: false });
  expect((await browser.query("traffic.newer", { ...ask, filters: { answers: ["miss"] } })).data).toEqual({
    count: 1,
    isMore: false,
  });
});

it("none of it is for who does not hold the pool", async () => {
  const stranger = await new Browser(relay).signInAsOperator("bob");
  for (const [procedure, input] of [
    ["traffic.list", { window: "1h" }],
    ["traffic.counts", { window: "1h" }],
    ["traffic.one", { id: 1 }],
    ["traffic.newer", { after: "1.1" }],
  ] as const) {
    expect((await stranger.query(procedure, { pool: "another", ...input })).refusal?.code).toBe("pool_not_held");
  }
});
