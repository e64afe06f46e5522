/** Every query of the store finds its rows by an index: a table scan is a failure that only load would show. */
import { describe, expect, it } from "vitest";
import { listAdminEvents } from "../../../server/store/admin-events.ts";
import { findAnonymousRate, saveAnonymousRate } from "../../../server/store/anonymous-rates.ts";
import { listAuditRows, listOwnRequests, writeAuditBatch } from "../../../server/store/audit.ts";
import {
  findEntry,
  publishEntry,
  readForLookup,
  readForNumber,
  readForServing,
  renewEntry,
} from "../../../server/store/cache.ts";
import {
  findCaller,
  findCallerByTokenHash,
  listCallers,
  recordDenial,
  recordMembership,
  setCallerDisabled,
  setPoolGrant,
} from "../../../server/store/callers.ts";
import { closeDays } from "../../../server/store/daily.ts";
import type { Db } from "../../../server/store/db.ts";
import { bumpGenerations, readEpoch, readGenerations } from "../../../server/store/generations.ts";
import { listRuns, recordRun } from "../../../server/store/housekeeping.ts";
import {
  deleteIdentity,
  findIdentity,
  listIdentities,
  putIdentity,
  secretUsedElsewhere,
  setIdentityStatus,
} from "../../../server/store/identities.ts";
import { revokeClient, saveLogin } from "../../../server/store/logins.ts";
import { endDashboardRole, setDashboardRole } from "../../../server/store/operators.ts";
import { findPool, loadPool, savePolicy } from "../../../server/store/pools.ts";
import { countByKeys, countOfScope, deleteEntriesOfScope } from "../../../server/store/purge.ts";
import { readMetrics, readStatus } from "../../../server/store/metrics.ts";
import { countDueEntries, referredBodies, retentionTasks, sweepEntries } from "../../../server/store/retention.ts";
import { countLostRows, readSeries } from "../../../server/store/series.ts";
import { endSession, findSession, startSession } from "../../../server/store/sessions.ts";
import { readUsage } from "../../../server/store/stats.ts";
import { countNewer, countRows, findRow, findRows } from "../../../server/store/traffic.ts";
import { readSeenValues } from "../../../server/store/traffic-options.ts";
import { readFiltered } from "../../../server/store/series-filtered.ts";
import { endProof, findProof, findProofById, saveProof } from "../../../server/store/visibility.ts";
import { endCoverage, findCoverage, recordDelivery, saveCoverage } from "../../../server/store/webhooks.ts";
import { capturingDb, tableScans } from "./captured-sql.ts";
import { aCacheRow, aLogin, aMember, anAct, anAuditRow, anIdentityPut, DAY, NOON, POLICY } from "./rows.ts";

const act = anAct();
const pool = "maintainers";
const scope = "acme/widget";
const keys = ["pull:acme/widget#7", "repo:acme/widget"];
const lookup = {
  poolId: pool,
  cacheKey: "k",
  surrogateKeys: keys,
  scope,
  repository: { owner: "acme", repo: "widget" },
  colo: "local",
  resource: "core",
};
const proof = {
  owner: "acme",
  repo: "widget",
  public: true,
  repositoryId: 7,
  fullName: "acme/widget",
  etag: null,
  askedBy: "anonymous",
  checkedAt: NOON,
  expiresAt: NOON,
};
const caller = { poolId: pool, callerId: "gh_101" };
const ends = { fetchedAt: NOON, freshUntil: NOON, staleUntil: NOON, swrUntil: NOON };
const times = { ...ends, generations: {}, fence: 3, contentHash: "h" };
const coverage = { owner: "acme", repo: "widget", source: "repository", events: ["push"] } as const;
const rate = { limit: 60, remaining: 1, resetAt: NOON, readAt: NOON };
const series = (length: number) => {
  return { poolId: pool, from: NOON - length + 5, to: NOON, now: NOON, bucketMs: 60_000, shiftMs: 0 };
};
const traffic = { poolId: pool, from: 0, to: NOON, filters: { text: "widget", answers: ["miss"] } } as const;
const delivery = { deliveryId: "d", event: "push", action: "", repository: scope, bumped: 1, receivedAt: NOON };

const QUERIES: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  readForLookup: (db) => readForLookup(db, lookup),
  readForServing: (db) => readForServing(db, lookup),
  readForNumber: (db) => readForNumber(db, 7, "local"),
  findEntry: (db) => findEntry(db, "k"),
  publishEntry: (db) => publishEntry(db, aCacheRow(), keys),
  renewEntry: (db) => renewEntry(db, "k", times),
  readGenerations: (db) => readGenerations(db, pool, scope, keys),
  readEpoch: (db) => readEpoch(db, pool, scope),
  bumpGenerations: (db) => bumpGenerations(db, pool, scope, keys, NOON),
  countByKeys: (db) => countByKeys(db, pool, keys),
  countOfScope: (db) => countOfScope(db, pool, scope),
  deleteEntriesOfScope: (db) => deleteEntriesOfScope(db, pool, scope),
  findProof: (db) => findProof(db, "acme", "widget"),
  findProofById: (db) => findProofById(db, 7),
  saveProof: (db) => saveProof(db, proof),
  endProof: (db) => endProof(db, "acme", "widget", NOON),
  findAnonymousRate: (db) => findAnonymousRate(db, "local", "core"),
  saveAnonymousRate: (db) => saveAnonymousRate(db, "local", "core", rate),
  findCallerByTokenHash: (db) => findCallerByTokenHash(db, "h"),
  findCaller: (db) => findCaller(db, caller.callerId),
  listCallers: (db) => listCallers(db, pool, 50),
  recordMembership: (db) => recordMembership(db, caller.callerId, NOON),
  recordDenial: (db) => recordDenial(db, caller.callerId, NOON),
  setCallerDisabled: (db) => setCallerDisabled(db, { ...caller, disabled: true }, act),
  setPoolGrant: (db) => setPoolGrant(db, { ...caller, granted: false }, act),
  saveLogin: (db) => saveLogin(db, aLogin(), act),
  revokeClient: (db) => revokeClient(db, { ...caller, clientName: "laptop" }, act),
  setDashboardRole: (db) =>
    setDashboardRole(db, { member: aMember(), poolId: pool, newPoolPolicy: POLICY, role: "none" }, act),
  endDashboardRole: async (db) => {
    await saveLogin(db, aLogin(), act);
    await endDashboardRole(db, { githubLogin: "alice", poolId: pool }, act);
  },
  loadPool: (db) => loadPool(db, pool),
  findPool: (db) => findPool(db, pool),
  savePolicy: (db) => savePolicy(db, { id: pool, policyText: "{}", policyVersion: 1 }, POLICY, act),
  listIdentities: (db) => listIdentities(db, pool),
  findIdentity: (db) => findIdentity(db, "pat_alice"),
  putIdentity: (db) => putIdentity(db, anIdentityPut(), POLICY, act),
  secretUsedElsewhere: (db) => secretUsedElsewhere(db, "PAT_ALICE", pool),
  setIdentityStatus: (db) => setIdentityStatus(db, { poolId: pool, id: "pat_alice", status: "paused" }, act),
  deleteIdentity: async (db) => {
    await putIdentity(db, anIdentityPut(), POLICY, act);
    await deleteIdentity(db, pool, "pat_alice", act);
  },
  listAdminEvents: (db) => listAdminEvents(db, pool, 50, 9),
  startSession: (db) =>
    startSession(db, { member: aLogin().member, sessionHash: "s", at: NOON, expiresAt: NOON, replaces: "old" }),
  findSession: (db) => findSession(db, "s", NOON),
  endSession: (db) => endSession(db, "s"),
  recordDelivery: (db) => recordDelivery(db, delivery),
  saveCoverage: (db) => saveCoverage(db, coverage, NOON),
  findCoverage: (db) => findCoverage(db, "acme", "widget"),
  endCoverage: (db) => endCoverage(db, { owner: "acme", reason: "failed" }, NOON),
  writeAuditBatch: (db) =>
    writeAuditBatch(db, { isolateId: "i", sequence: 1, rows: [anAuditRow()], lost: 0, at: NOON }),
  listAuditRows: (db) => listAuditRows(db, { poolId: pool, from: 0, to: NOON, limit: 50, beforeId: 9 }),
  listOwnRequests: (db) => listOwnRequests(db, { poolId: pool, callerId: "gh_101", from: NOON, limit: 20 }),
  "readUsage of a day": (db) => readUsage(db, { poolId: pool, callerId: "gh_101", from: NOON - DAY + 5, now: NOON }),
  "readUsage of a month": (db) =>
    readUsage(db, { poolId: pool, callerId: "gh_101", from: NOON - 30 * DAY + 5, now: NOON }),
  "readSeries of an hour": (db) => readSeries(db, series(3_600_000), series(3_600_000)),
  "readSeries of a day": (db) => readSeries(db, series(DAY), series(DAY)),
  "readSeries of a month": (db) => readSeries(db, series(30 * DAY), series(30 * DAY)),
  findRows: (db) => findRows(db, { ...traffic, limit: 50, after: { at: NOON, id: 9 } }),
  findRow: (db) => findRow(db, pool, 9),
  countNewer: (db) => countNewer(db, { ...traffic, after: { at: NOON, id: 9 }, most: 100 }),
  countRows: (db) => countRows(db, traffic),
  readFiltered: (db) => readFiltered(db, series(30 * DAY), { caller: "gh_101", reason: "route_denied" }),
  readSeenValues: (db) => readSeenValues(db, { poolId: pool, from: 0, to: NOON }),
  countLostRows: (db) => countLostRows(db, 0, NOON),
  closeDays: async (db) => {
    await saveLogin(db, aLogin(), act);
    await writeAuditBatch(db, { isolateId: "i", sequence: 1, rows: [anAuditRow()], lost: 0, at: NOON });
    await closeDays(db, pool, NOON + 2 * DAY, 5);
  },
  recordRun: (db) => recordRun(db, { startedAt: NOON, finishedAt: NOON, report: {}, remaining: 0, failed: 0 }),
  sweepEntries: (db) => sweepEntries(db, NOON, 100),
  countDueEntries: (db) => countDueEntries(db, NOON),
  referredBodies: (db) => referredBodies(db, ["cache-bodies/v1/aa"]),
};

describe("reads no table from end to end", () => {
  it.each(Object.entries(QUERIES))("%s", async (_, run) => {
    const { db, captured } = capturingDb();
    await run(db);
    expect(captured.length).toBeGreaterThan(0);
    for (const query of captured)
      expect({ sql: query.sql, scans: await tableScans(query) }).toMatchObject({ scans: [] });
  });

  it.each(retentionTasks([pool]).map((task) => [task.name, task] as const))("sweeping %s", async (_, task) => {
    const { db, captured } = capturingDb();
    await task.sweep(db, NOON, 100);
    await task.due(db, NOON);
    for (const query of captured)
      expect({ sql: query.sql, scans: await tableScans(query) }).toMatchObject({ scans: [] });
  });

  it.each([
    ["readMetrics", readMetrics],
    ["readStatus", readStatus],
  ] as const)("%s reads whole only what is small: pools, coverage, its own sums, the newest run", async (_, read) => {
    const { db, captured } = capturingDb();
    await read(db, NOON);
    for (const query of captured) {
      const scans = await tableScans(query);
      const large = scans.filter((scan) => !/^SCAN (pools|repo_coverage|housekeeping_runs|\(subquery)/.test(scan));
      expect({ sql: query.sql, large }).toMatchObject({ large: [] });
    }
  });

  it("shows a scan where there is one", async () => {
    const { db, captured } = capturingDb();
    await listRuns(db, 5);
    const [query] = captured;
    expect(await tableScans({ sql: "SELECT * FROM audit_events WHERE client_name = 'x'", params: [] })).not.toEqual([]);
    // Newest first by the integer key and bounded: the one table that is read from its end on purpose.
    expect(query?.sql).toContain("limit");
  });
});
